// Words. build.py puts i18n/ko.json and i18n/en.json in as WORDS, [Korean, English] by key; those
// that only writing needs are added when it comes.

/** The language of the nearest element that names one, where it is Korean; else English. */
export const languageOf = (element) => {
  const named = element.closest("[lang]")?.lang ?? document.documentElement.lang;
  return named.toLowerCase().startsWith("ko") ? "ko" : "en";
};

/** Adds sentences. */
export const addWords = (more) => Object.assign(WORDS, more);

/**
 * A function from key and values to a sentence: `t("replies.more", { n: 3 })`.
 *
 * `n` chooses among `key.one`, `key.other` where the catalogue has them; numbers are written as
 * the language writes them. An unknown key gives undefined.
 */
export const translator = (language) => {
  const words = (key) => WORDS[key]?.[language === "ko" ? 0 : 1];
  const plural = new Intl.PluralRules(language);
  return (key, values = {}) => {
    const form = "n" in values && words(`${key}.${plural.select(values.n)}`);
    const sentence = form || words(key);
    return sentence?.replace(/{(\w+)}/g, (_, name) => values[name].toLocaleString(language));
  };
};
