/** Parse → emitted text of a graph of 1,000 nodes, warm: `node bench/compile.ts`. */
import { checkTrain } from '../src/check/index.ts';
import { compileTrain } from '../src/compile.ts';
import { parse } from '../src/parser/index.ts';
import { emitTrain, median } from './emitted.ts';

/** A deep plain net; its step graph has some ten nodes a layer. */
const spec = (layers: number): string => `
network Deep with Plain {
  input x: float32[16]
${'  dense(16) norm act\n'.repeat(layers)}  dense(4)
}
policy Plain { norm: batch  act: relu  dense { decay: 1e-4 } }
data Random { source: idx("random")  fields { x: float32[16]  label: class(4) } }
train deep { network: Deep  policy: Plain  data: Random  loss: cross_entropy  optimizer: adam(rate: 1e-3)  batch: 8  epochs: 1 }
`;

const nodesOf = (text: string): number => {
  const { train } = checkTrain(parse(text, 'deep.nrm').tree, 'deep');
  return train === null ? 0 : compileTrain(train).step.statements.length;
};
let layers = 10;
while (nodesOf(spec(layers)) < 1000) layers += 5;
const text = spec(layers);
const times: number[] = [];
for (let i = 0; i < 13; i++) {
  const start = performance.now();
  emitTrain(text, 'deep');
  if (i >= 3) times.push(performance.now() - start);
}
console.log(
  JSON.stringify({ mode: `parse to text, ${nodesOf(text)} nodes in the step`, medianMs: +median(times).toFixed(1) }),
);
