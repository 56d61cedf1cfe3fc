// Compiles the example queries and a paginated fragment with relay-compiler,
// whose demands on a schema are stricter than the specification's:
//   node relay.js schema.graphql query.graphql …
import relayCompiler from 'relay-compiler';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';

const [schemaFile, ...queryFiles] = process.argv.slice(2);
if (queryFiles.length === 0) {
  console.error('usage: node relay.js schema.graphql query.graphql …');
  process.exit(2);
}

// A list that goes on by itself, as Relay's usePaginationFragment wants it.
const paginated = `
  fragment ProjectMilestones_project on Project
    @argumentDefinitions(count: { type: "Int", defaultValue: 20 }, cursor: { type: "String" })
    @refetchable(queryName: "ProjectMilestonesPaginationQuery") {
    name
    milestones(first: $count, after: $cursor) @connection(key: "ProjectMilestones_milestones") {
      edges { node { id name targetDate } }
    }
  }`;

const folder = mkdtempSync(join(tmpdir(), 'plumbline-relay-'));
try {
  mkdirSync(join(folder, 'src', '__generated__'), { recursive: true });
  copyFileSync(schemaFile, join(folder, 'schema.graphql'));
  const component = (name, text) =>
    writeFileSync(join(folder, 'src', `${name}.js`), `import { graphql } from 'react-relay';\ngraphql\`${text}\`;\n`);
  for (const file of queryFiles) {
    // Relay wants operations called after their module and what they are.
    const name = basename(file, '.graphql');
    // Comments may hold back-quotes, which would end the template.
    const query = readFileSync(file, 'utf8').replace(/^#.*$/gm, '');
    component(name, query.replace(`query ${name}`, `query ${name}Query`));
  }
  component('ProjectMilestones', paginated);
  writeFileSync(join(folder, 'relay.config.json'), JSON.stringify({
    src: './src', schema: './schema.graphql', artifactDirectory: './src/__generated__', language: 'javascript',
  }));
  const run = spawnSync(relayCompiler, ['relay.config.json'], { cwd: folder, encoding: 'utf8' });
  const artifacts = readdirSync(join(folder, 'src', '__generated__')).length;
  // Each query makes one, the fragment makes two: itself and its next pages.
  if (run.status !== 0 || artifacts !== queryFiles.length + 2) {
    console.error(run.error ?? '', run.stdout, run.stderr, `${artifacts} artifacts`);
    process.exit(1);
  }
} finally {
  rmSync(folder, { recursive: true });
}
console.log(`relay-compiler: ${queryFiles.length} queries and a paginated fragment compiled`);
