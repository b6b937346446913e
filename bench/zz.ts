import { globSync, readFileSync } from "node:fs";
import path from "node:path";
import { standaloneFunctions } from "../lib/analysis/standalone/find.ts";
import { createParser } from "../lib/analysis/syntax/parser.ts";
import { fittingConcepts } from "../lib/learning/own-code/fit.ts";
import { inputsFor } from "../lib/learning/own-code/inputs.ts";
import { mutated, draftItems } from "../lib/learning/own-code/make-items.ts";
import { tryOut } from "../lib/learning/own-code/trial.ts";
import { runCode } from "../lib/learning/runner/run-code.ts";
const ROOT=process.cwd();
const parser = await createParser();
const packages = process.argv.slice(2).length?process.argv.slice(2):["date-fns", "d3-scale", "d3-shape", "yaml", "fast-check", "zod"];
let lines=0; const fns:any[]=[];
for (const file of packages.flatMap((n)=>globSync(`node_modules/${n}/**/*.{js,mjs,ts}`,{cwd:ROOT}).toSorted())) { if(lines>=50000) break; if (/\.min\.|\.d\.[cm]?ts$/.test(file)) continue; const text=readFileSync(path.join(ROOT,file),"utf8"); lines+=text.split("\n").length;
 const p=parser.parse({language:file.endsWith("ts")?"TypeScript":"JavaScript",text,bytes:Buffer.byteLength(text)} as any); if(p.ok) fns.push(...standaloneFunctions(file,p.tree)); }
const uniq=[...new Map(fns.map(f=>[f.text,f])).values()];
const ops=uniq.filter(f=>f.operators.length>0); const fit=ops.filter(f=>fittingConcepts(f,null).length>0);
console.log({found:fns.length,uniq:uniq.length,ops:ops.length,fit:fit.length});
const runs:number[]=[]; const run:any=async(r:any)=>{const b=performance.now();const x=await runCode(r);runs.push(performance.now()-b);if(x.status!=="finished")console.log(x.status,x.error?.message,x.ms);return x;};
for (const set of [fit]) { const trials=set.map((fn:any)=>({fn,texts:[fn.text,...fn.operators.map((s:any)=>mutated(fn,s))],inputs:inputsFor(fn)}));
 const out:any[]=[]; const b=performance.now(); out.push(...await tryOut(trials,run)); console.log("tried",trials.length,"ms",performance.now()-b,"runs",runs.length,runs.map(x=>Math.round(x)).join(" "));
 let n=0; trials.forEach((t:any,i:number)=>{const o=out[i]; if(!o){console.log("NONE",t.fn.path.slice(13),t.fn.line);return;} const [oc,...others]=o; const d=draftItems({fn:t.fn,inputs:t.inputs,outcomes:oc,mutants:t.fn.operators.flatMap((site:any,at:number)=>others[at]?[{site,outcomes:others[at]}]:[])}); if(d.length) n++; else { const vals=new Set(oc.filter((x:any)=>!x.threw&&x.value&&x.value!=="undefined").map((x:any)=>x.value)); console.log("0 drafts",t.fn.path.slice(13),t.fn.line,t.fn.name,t.fn.parameters.map((p:any)=>p.name+":"+p.type).join(),[...vals].slice(0,5).join(" | "), "threw",oc.filter((x:any)=>x.threw).length); } }); console.log("with drafts",n); }
process.exit(0);
