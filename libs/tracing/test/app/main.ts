// As every app: tracing first, and only then, dynamically, whatever is to be instrumented.
import './instrument.ts';

await import('./serve.ts');
