/** Emitted modules whatever their types: what loops, files and commands work with. Any emitted module is assignable. */
import type { Input, NetworkModule, TrainModule } from './model.ts';

export type AnyNetwork = NetworkModule<object, object, object, readonly Input[]>;
export type AnyTrain = TrainModule<object, object, object, object, readonly Input[], object>;
