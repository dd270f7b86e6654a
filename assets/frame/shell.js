// The game stands at the end of the file, as it is.
addEventListener('DOMContentLoaded', () => {
  const game = document.querySelector('plaintext').textContent.slice(1);
  start(() => { frame.srcdoc = game; });
});
