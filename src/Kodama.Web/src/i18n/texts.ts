import type { en } from './en';

type Text<T> = T extends (...values: infer V) => string ? (...values: V) => string : string;

/** Every text of the page. A language that lacks one does not compile. */
export type Texts = { readonly [K in keyof typeof en]: Text<(typeof en)[K]> };
