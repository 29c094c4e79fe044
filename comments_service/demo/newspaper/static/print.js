// The button is of no use without this script, so that it is hidden until here.
const button = document.querySelector("[data-print]");
button.hidden = false;
button.addEventListener("click", () => print());
