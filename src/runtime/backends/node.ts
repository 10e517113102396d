/** TODO */
export function registerNodeKernels(): void {}
