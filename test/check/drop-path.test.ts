/** Stochastic depth, layer scale and global pooling, as a spec writes them. */
import { describe, expect, test } from 'vitest';
import { model, spec, spoken } from './support.ts';

const residual = (policy: string, end = 'global_avgpool  dense(10)'): string =>
  spec(`conv(4, kernel: 3)  sum { | conv(4, kernel: 3) act drop | identity }  ${end}`, `act: relu  ${policy}`);

describe('drop_path', () => {
  test('fills the slot drop', () => {
    const layers = model(residual('drop: drop_path(drop: 0.2)'), 'Net').layers;
    expect(layers.map((l) => l.def.name)).toContain('drop_path');
  });

  test.each([
    ['drop_path(0.2)', 'NRM2206 `drop_path(0.2)` does not say whether 0.2 is dropped or kept | 0.2'],
    [
      'drop_path(drop: 0.2, keep: 0.8)',
      'NRM2207 `drop_path` is given both `drop` and `keep` | drop_path(drop: 0.2, keep: 0.8)',
    ],
    ['drop_path', 'NRM2207 `drop_path` needs `drop` or `keep` | drop_path'],
    ['drop_path(drop: 0)', 'NRM3005 `drop: 0` does nothing: nothing is ever dropped | drop: 0'],
  ])('%s', (filling, message) => {
    expect(spoken(residual(`drop: ${filling}`))).toEqual([message]);
  });

  test('there is no other form than the inverted one', () => {
    const [message] = spoken(residual('drop: drop_path(drop: 0.2, form: standard)'));
    expect(message).toMatch(/`drop_path` has no .*`form`|no argument `form`/);
  });
});

test('scale and global_avgpool', () => {
  const { layers } = model(residual('drop: drop_path(keep: 0.9)', 'scale(0.5)  global_avgpool  dense(10)'), 'Net');
  expect(layers.slice(-3).map((l) => [l.def.name, l.output.shape])).toEqual([
    ['scale', ['N', 12, 12, 4]],
    ['global_avgpool', ['N', 4]],
    ['dense', ['N', 10]],
  ]);
});
