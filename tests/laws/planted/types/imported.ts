export interface first { readonly name: string }
