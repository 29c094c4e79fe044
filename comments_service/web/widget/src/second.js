// Most readers only read: what taking part needs comes in a second file, when somebody is about to.

import { SERVICE } from "./api.js";
import { h } from "./dom.js";

const load = async () => {
  const href = SERVICE + SECOND.path;
  const { nonce } = document.querySelector(`script[src="${import.meta.url}"]`) ?? {};
  const { integrity } = SECOND;
  const preload = { rel: "modulepreload", href, integrity, nonce, crossorigin: "anonymous" };
  document.head.append(h("link", preload));
  return (await import(href)).default(KIT);
};

let coming = null;

/** Whether it has been asked for on this page, by whatever box. */
export const begun = () => coming !== null;

/**
 * The module `writing.js`, as this file was built with it: a browser that checks the integrity of
 * a preloaded module runs no other. build.py gives SECOND, and in KIT what the two files share.
 */
export const loadWriting = () => {
  coming ??= load().catch((problem) => {
    coming = null;
    throw problem;
  });
  return coming;
};
