import { expect, test } from 'vitest';
import { nearest } from '../../src/diagnostics/nearest.ts';

const words = ['policy', 'network', 'train', 'batch', 'layer', 'norm', 'l2', 'relu', 'gelu'];

test.each([
  ['polcy', 'policy'],
  ['netwrok', 'network'],
  ['Train', 'train'],
  ['BATCH', 'batch'],
  ['lyer', 'layer'],
  ['rlu', 'relu'],
  ['silu', null],
  ['l1', null],
  ['x', null],
  ['', null],
  ['something', null],
  ['normalization', null],
])('%s → %s', (name, expected) => expect(nearest(name, words)).toBe(expected));

test('a name is not its own neighbour', () => expect(nearest('relu', ['relu', 'gelu'])).toBe('gelu'));
