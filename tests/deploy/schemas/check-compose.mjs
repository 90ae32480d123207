// Checks a Compose file, as JSON on stdin, against the schema of the Compose specification. Prints one problem a line; the
// exit code is then 1. The schema is the copy in dclint, which is newer than any Debian's Compose.
import { readFileSync } from "node:fs";
import { Ajv } from "ajv";

const file = new URL("node_modules/dclint/schemas/compose.schema.json", import.meta.url);
const schema = JSON.parse(readFileSync(file, "utf8"));
schema.$schema = "http://json-schema.org/draft-07/schema#";  // in Ajv's spelling
// The schema has formats that Ajv does not know.
const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
if (!validate(JSON.parse(readFileSync(0, "utf8")))) {
  for (const { instancePath, message, params } of validate.errors) {
    console.log(`${instancePath || "/"}: ${message} ${JSON.stringify(params)}`);
  }
  process.exitCode = 1;
}
