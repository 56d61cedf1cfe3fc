// Asks a running server every question of the GraphQL over HTTP audit:
//   node graphql-over-http.js http://127.0.0.1:8080/graphql
// and fails unless every answer is as the specification wants it.
import { auditServer } from 'graphql-http';

const url = process.argv[2];
if (!url) {
  console.error('usage: node graphql-over-http.js <address of the GraphQL endpoint>');
  process.exit(2);
}

const results = await auditServer({ url });
for (const result of results) {
  if (result.status !== 'ok') {
    console.log(`${result.status} ${result.id} ${result.name}: ${result.reason}`);
  }
}
const ok = results.filter((result) => result.status === 'ok').length;
console.log(`${ok} of ${results.length} ok`);
process.exit(ok === results.length && ok > 0 ? 0 : 1);
