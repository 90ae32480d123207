// Holds a Compose file, as JSON on stdin, against the schema of the Compose specification: complaints, one a line, and
// exit code 1 if there are any. The schema is the copy in dclint, whose newest is more than any Debian's Compose knows.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";

const require = createRequire(import.meta.url);
const { default: Ajv } = await import("ajv");

// Not strict: the schema has formats of its own.
const ajv = new Ajv({ strict: false, validateFormats: false, allErrors: true });
const schema = require("dclint/schemas/compose.schema.json");
const validate = ajv.compile({ ...schema, $schema: "http://json-schema.org/draft-07/schema#" });
if (!validate(JSON.parse(readFileSync(0, "utf8")))) {
  for (const { instancePath, message, params } of validate.errors) {
    console.log(`${instancePath || "/"}: ${message} ${JSON.stringify(params)}`);
  }
  process.exitCode = 1;
}
