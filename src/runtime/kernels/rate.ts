/** factor·rate: the learning rate of a group of weights. */
export const scaledRate = (rate: number, { factor }: { readonly factor: number }): number => factor * rate;
