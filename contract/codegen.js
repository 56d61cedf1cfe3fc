// Makes TypeScript of the schema and of the example queries, as graphql-codegen
// does for frontend teams, and has the TypeScript compiler check it:
//   node codegen.js schema.graphql query.graphql …
import { codegen } from '@graphql-codegen/core';
import * as typescript from '@graphql-codegen/typescript';
import * as operations from '@graphql-codegen/typescript-operations';
import { buildSchema, parse, printSchema } from 'graphql';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';

const [schemaFile, ...queryFiles] = process.argv.slice(2);
if (queryFiles.length === 0) {
  console.error('usage: node codegen.js schema.graphql query.graphql …');
  process.exit(2);
}

const schemaAst = buildSchema(readFileSync(schemaFile, 'utf8'));
const scalars = Object.fromEntries(
  ['Date', 'DateTime', 'Decimal', 'DateOrDuration', 'DateTimeOrDuration'].map((name) => [name, 'string']),
);
const make = (filename, plugin, documents) =>
  codegen({
    filename,
    schema: parse(printSchema(schemaAst)),
    schemaAst,
    documents,
    config: { scalars, strictScalars: true },
    plugins: [{ plugin: {} }],
    pluginMap: { plugin },
  });
const documents = queryFiles.map((location) => ({ location, document: parse(readFileSync(location, 'utf8')) }));

const folder = mkdtempSync(join(tmpdir(), 'plumbline-codegen-'));
try {
  const files = [];
  for (const [name, plugin, of] of [['schema.ts', typescript, []], ['queries.ts', operations, documents]]) {
    files.push(join(folder, name));
    writeFileSync(files.at(-1), await make(name, plugin, of));
  }
  const program = ts.createProgram(files, { strict: true, noEmit: true, skipLibCheck: true, types: [] });
  const complaints = ts.getPreEmitDiagnostics(program);
  for (const complaint of complaints) {
    console.error(ts.flattenDiagnosticMessageText(complaint.messageText, '\n'));
  }
  if (complaints.length > 0) {
    process.exit(1);
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`graphql-codegen: ${queryFiles.length} queries typed`);
