/** Types of install.mjs, which is plain JavaScript because it runs before there is a compiler. */
export declare const ROOT: string;
export declare class SetupError extends Error {
  override readonly name: "SetupError";
}
export interface SystemPackageReport {
  readonly name: string;
  readonly present: boolean;
  /** Installed by this very call. */
  readonly installed: boolean;
  /** What would install it. */
  readonly command: string;
  /** Why that matters; empty when it is present. */
  readonly why: string;
}
export declare const SYSTEM_PACKAGES: Readonly<
  Record<string, { readonly commands: readonly string[]; readonly apt: string; readonly for: string }>
>;
export declare function checkTools(): void;
export declare function findOnPath(name: string): string | undefined;
export declare function ensureNodeModules(say?: (line: string) => void): Promise<boolean>;
export declare function ensureSystemPackages(
  names: readonly string[],
  say?: (line: string) => void,
): Promise<SystemPackageReport[]>;
export declare function run(
  program: string,
  args: readonly string[],
  options?: { env?: NodeJS.ProcessEnv; quiet?: boolean; timeoutMs?: number },
): Promise<void>;
export declare function node24(): string;
export declare function continueUnderNode24(script: string): Promise<void>;
