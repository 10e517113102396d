/** The formatter on 10,000 lines, warm: `node bench/format.ts`. */
import { format } from '../src/format/index.ts';
import { median } from './emitted.ts';

const network = (index: number): string => `
/// Number ${index}.
network Net${index}(classes = 10, width = 32) with Plain {
  input image: float32[28, 28, 1]

  stem: { conv(width,kernel:3) norm act  maxpool(2) }   // halves both sides
  for filters in [width * 2, width*4] { Residual(filters, stride: 2)  Residual(filters) }
  sum { | conv(width * 4, kernel: 3, stride: 1, padding: 1) norm act conv(width * 4, kernel: 3, bias: false) norm
        | identity }
  if width>16 and not (classes == 2) { dense(120) act drop } else { dense(60) }
  classifier: dense(classes)
}

policy Plain${index} {
  norm: batch(momentum: 0.9, epsilon: 1e-5)   act: relu
  conv[not classifier], dense  { init: kaiming   decay: 5e-4 }
}

train net${index} {
  network: Net${index}(classes: 10)   policy: [Plain, Plain${index}]
  optimizer: adam(rate: 1e-3)   batch: 64   epochs: 5   metrics: [accuracy]
}
`;

let text = '';
let lines = 0;
for (let index = 0; lines < 10_000; index++) {
  const part = network(index);
  text += part;
  lines += part.split('\n').length - 1;
}
const times: number[] = [];
for (let i = 0; i < 13; i++) {
  const start = performance.now();
  const { diagnostics } = format(text, 'generated.nrm');
  if (i >= 3) times.push(performance.now() - start);
  if (diagnostics.length > 0) throw new Error(diagnostics[0]?.message);
}
console.log(JSON.stringify({ mode: 'format 10,000 lines', medianMs: +median(times).toFixed(0) }));
