// Checks Kubernetes manifests against the real schemas, without a cluster. Reads a JSON array of them on stdin and prints
// one problem a line; the exit code is then 1.
//
// There are two passes, as each misses something. The schemas' own validate() knows required fields, patterns and ranges,
// but accepts unknown fields; TypeScript's compiler refuses these in a literal of the type, and unknown values of an enum,
// but knows no patterns.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const modules = join(dirname(fileURLToPath(import.meta.url)), "node_modules");

async function modelOf(manifest) {
  for (const library of ["kubernetes-models", "@kubernetes-models/prometheus-operator"]) {
    const path = `${library}/${manifest.apiVersion}/${manifest.kind}`;
    try {
      return { path, Model: (await import(path))[manifest.kind] };
    } catch (error) {
      if (error.code !== "ERR_MODULE_NOT_FOUND" && error.code !== "ERR_PACKAGE_PATH_NOT_EXPORTED") throw error;
    }
  }
  return null;
}

// Each manifest becomes one line of TypeScript, so that the line's number identifies it.
function compile(lines) {
  const folder = mkdtempSync(join(tmpdir(), "manifests-"));
  try {
    symlinkSync(modules, join(folder, "node_modules"));
    writeFileSync(join(folder, "manifests.ts"), lines.join("\n"));
    const compilerOptions = {
      strict: true, noEmit: true, skipLibCheck: true, types: [], target: "es2022", module: "nodenext",
    };
    writeFileSync(join(folder, "tsconfig.json"), JSON.stringify({ compilerOptions, files: ["manifests.ts"] }));
    return spawnSync(join(modules, ".bin/tsc"), ["--pretty", "false"], { cwd: folder, encoding: "utf8" });
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const complaints = [];
const names = [];
const lines = [];
for (const manifest of JSON.parse(readFileSync(0, "utf8"))) {
  const name = `${manifest.kind}/${manifest.metadata?.name}`;
  const model = await modelOf(manifest);
  if (model === null) {
    complaints.push(`${name}: there is no schema of ${manifest.apiVersion} ${manifest.kind}`);
    continue;
  }
  try {
    new model.Model(manifest).validate();
  } catch (error) {
    complaints.push(`${name}: ${error.message.replaceAll("\n", "; ")}`);
  }
  const type = `import("${model.path}").I${manifest.kind}`;
  lines.push(`export const manifest${names.length}: ${type} = ${JSON.stringify(manifest)};`);
  names.push(name);
}
const { status, stdout, stderr, error } = compile(lines);
let reported = false;
for (const [, line, message] of (stdout ?? "").matchAll(/^manifests\.ts\((\d+),\d+\): (.*)$/gm)) {
  complaints.push(`${names[line - 1]}: ${message}`);
  reported = true;
}
// A compiler that fails for another reason has not checked anything.
if (status !== 0 && !reported) complaints.push(`tsc: ${error?.message ?? stdout + stderr}`);

for (const complaint of complaints) console.log(complaint);
process.exitCode = complaints.length ? 1 : 0;
