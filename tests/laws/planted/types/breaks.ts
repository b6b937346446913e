const list: readonly string[] = [];
export const first: string = list[0]; // breaks: TS2322
export const optional: { name?: string } = { name: undefined }; // breaks: TS2375
export const implicit = (value) => value; // breaks: TS7006
export enum Colour { Red } // breaks: TS1294
export class Base {
  name(): string {
    return "base";
  }
}
export class Derived extends Base {
  name(): string { return "derived"; } // breaks: TS4114
}
export { first as again } from "./imported"; // breaks: TS1205
