"use client";

import { useCallback, useEffect, useState, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { Progress } from "@/components/ui/progress";
import { PythonMachine, PythonUnavailable, type PythonProgress } from "./machine";
import type { PythonResult } from "./protocol";

export interface PythonRun {
  readonly progress: PythonProgress | null;
  readonly result: PythonResult | null;
  readonly problem: string | null;
  start(solution: string, tests: string | null): Promise<void>;
  stop(): void;
}

/** Python in this browser, loaded when it is first run and ended with the page. */
export function usePython(): PythonRun {
  const [machine] = useState(() => new PythonMachine());
  const [progress, setProgress] = useState<PythonProgress | null>(null);
  const [result, setResult] = useState<PythonResult | null>(null);
  const [problem, setProblem] = useState<string | null>(null);
  useEffect(() => () => machine.close(), [machine]);
  const start = useCallback(
    async (solution: string, tests: string | null) => {
      setResult(null);
      setProblem(null);
      setProgress({ step: "starting" });
      try {
        setResult(await machine.run(solution, tests, setProgress));
      } catch (error) {
        setProblem(
          error instanceof PythonUnavailable
            ? error.message
            : "Python could not be run in this browser. You can submit all the same.",
        );
      }
      setProgress(null);
    },
    [machine],
  );
  const stop = useCallback(() => machine.stop(), [machine]);
  return { progress, result, problem, start, stop };
}

const ENDINGS: Readonly<Record<PythonResult["status"], string>> = {
  finished: "It ran to its end.",
  failed: "It ended with an error.",
  time: "It ran for ten seconds and was stopped. Is there a loop that does not end?",
  memory: "It took too much memory and was stopped.",
  output: "It printed too much and was stopped.",
  stopped: "You stopped it.",
};

const STEPS: Readonly<Record<PythonProgress["step"], string>> = {
  loading: "Loading Python…",
  starting: "Starting Python…",
  running: "Running…",
};

/** What this run is worth, said beside the button: it is for practice, and nothing of it is counted. */
export function PythonNote(): ReactNode {
  return (
    <p className="needs-js max-w-measure text-sm text-muted">
      Python runs in your browser, for practice: nothing of it is sent or counted. The first run loads about 14 MB. What
      you submit is read on our server, not run; what reading alone cannot tell, a person looks at.
    </p>
  );
}

/** How far Python is, and how the last run went: test by test, the error with its place, what was printed. */
export function PythonPanel({ run }: { readonly run: PythonRun }): ReactNode {
  const { progress, result, problem, stop } = run;
  return (
    <section aria-label="Python in your browser" className="flex min-w-0 flex-col gap-2">
      {progress?.step === "loading" ? (
        <Progress
          id="python-loading"
          label="Loading Python"
          value={progress.loaded / progress.total}
          text={`${megabytes(progress.loaded)} of ${megabytes(progress.total)} MB`}
        />
      ) : null}
      {progress?.step === "running" ? (
        <Button className="w-fit" onClick={stop}>
          Stop it
        </Button>
      ) : null}
      <div aria-live="polite" className="flex min-w-0 flex-col gap-2">
        {progress ? <p className="text-sm text-muted">{STEPS[progress.step]}</p> : null}
        {problem ? <p className="text-sm font-medium text-danger">{problem}</p> : null}
        {result ? <Outcome result={result} /> : null}
      </div>
    </section>
  );
}

function Outcome({ result: { status, tests, error, output, ms } }: { readonly result: PythonResult }): ReactNode {
  const passed = tests.filter((test) => test.passed).length;
  return (
    <>
      <p className="text-sm">
        {ENDINGS[status]}
        {tests.length > 0 ? ` ${passed} of ${tests.length} tests passed in your browser.` : ""}{" "}
        <span className="figures text-muted">{Math.round(ms)} ms</span>
      </p>
      {error ? (
        <p className="text-sm font-medium wrap-anywhere text-danger">
          {error.name}: {error.message}
          {error.line === null ? null : ` (line ${error.line})`}
        </p>
      ) : null}
      {tests.length > 0 ? (
        <ul className="flex flex-col gap-1 text-sm">
          {tests.map((test) => (
            <li key={test.name} className="wrap-anywhere">
              <span className={test.passed ? "font-medium text-success" : "font-medium text-danger"}>
                {test.passed ? "Passed" : "Failed"}
              </span>{" "}
              {test.name}
              {test.message ? <span className="block pl-4 text-muted">{test.message}</span> : null}
            </li>
          ))}
        </ul>
      ) : null}
      {output === "" ? null : (
        <pre
          tabIndex={0}
          aria-label="What it printed"
          className="max-h-64 overflow-auto rounded-control border border-line bg-sunk px-3 py-2 font-mono text-xs leading-5"
        >
          {output}
        </pre>
      )}
    </>
  );
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(1);
}
