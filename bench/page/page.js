/** Runs one measurement in the worker; meanwhile notes how long this page could not answer. */

const worker = new Worker('/worker.js', { type: 'module' });

globalThis.measure = (what, mebibytes) =>
  new Promise((resolve, reject) => {
    let [longest, before] = [0, performance.now()];
    const watch = setInterval(() => {
      const now = performance.now();
      [longest, before] = [Math.max(longest, now - before), now];
    }, 5);
    worker.onmessage = ({ data }) => {
      clearInterval(watch);
      resolve({ ...data, longest });
    };
    worker.onerror = reject;
    worker.postMessage({ what, mebibytes });
  });
globalThis.ready = true;
