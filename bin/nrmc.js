#!/usr/bin/env node
// Nothing is imported before the version check, and nothing here is newer than dynamic import: an old Node must be
// able to read this file to say what is wrong.
const [major, minor] = process.versions.node.split('.').map(Number);
if (major > 22 || (major === 22 && minor >= 18)) {
  // Compiled code is kept in the system's folder for such caches: a third of the time that `nrmc check` takes.
  import('node:module')
    .then((node) => {
      node.enableCompileCache();
      return import('../dist/cli/main.js');
    })
    .catch((error) => {
      console.error(error);
      process.exitCode = 1;
    });
} else {
  console.error(`nrmc needs Node.js 22.18 or newer; this is Node.js ${process.versions.node}.`);
  process.exitCode = 2;
}
