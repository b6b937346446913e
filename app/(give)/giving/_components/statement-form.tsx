"use client";

import { useState, type FormEvent, type ReactNode } from "react";
import { Button } from "@/components/ui/button";
import { ErrorSummary } from "@/components/ui/error-summary";
import { Input } from "@/components/ui/input";

/** Two days and a format. A plain form that downloads; the year so far unless one chooses. */
export function StatementForm({ today }: { readonly today: string }): ReactNode {
  const [error, setError] = useState<string | null>(null);
  const check = (event: FormEvent<HTMLFormElement>): void => {
    const form = new FormData(event.currentTarget);
    const wrong = String(form.get("from")) > String(form.get("to"));
    setError(wrong ? "The last day lies before the first." : null);
    if (wrong) event.preventDefault();
  };
  return (
    <form action="/api/v1/me/gifts/statement" onSubmit={check} className="flex flex-col gap-4">
      <ErrorSummary errors={error ? [{ field: "to", message: error }] : []} />
      <div className="grid gap-4 sm:grid-cols-2">
        <Input name="from" type="date" label="From" defaultValue={`${today.slice(0, 4)}-01-01`} />
        <Input name="to" type="date" label="To" defaultValue={today} error={error ?? undefined} />
      </div>
      <div className="flex flex-wrap gap-2">
        <Button type="submit" name="format" value="pdf" variant="primary">
          Get a PDF
        </Button>
        <Button type="submit" name="format" value="csv">
          Get a CSV
        </Button>
      </div>
    </form>
  );
}
