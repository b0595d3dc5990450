// Texts of the page that do not stand out enough from what is behind them (WCAG 2, AA).
() => {
  const options = { willReadFrequently: true };
  const dot = Object.assign(document.createElement("canvas"), { width: 1, height: 1 });
  const context = dot.getContext("2d", options);

  function rgb(colour) {
    context.clearRect(0, 0, 1, 1);
    context.fillStyle = colour;
    context.fillRect(0, 0, 1, 1);
    return [...context.getImageData(0, 0, 1, 1).data];
  }

  function light([red, green, blue]) {
    const parts = [red, green, blue]
      .map((one) => one / 255)
      .map((one) => (one <= 0.03928 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2];
  }

  function behind(one) {
    for (let at = one; at; at = at.parentElement) {
      const found = rgb(getComputedStyle(at).backgroundColor);
      if (found[3] === 255) return found;
    }
    return [255, 255, 255];
  }

  const silent = ["OPTION", "SCRIPT", "STYLE", "NOSCRIPT"];
  const hasText = (one) => [...one.childNodes].some((node) => node.nodeType === 3 && node.data.trim());
  const weak = [];
  for (const one of document.querySelectorAll("body *")) {
    if (!hasText(one) || !one.getClientRects().length || silent.includes(one.tagName)) continue;
    const pair = [light(rgb(getComputedStyle(one).color)), light(behind(one))];
    const contrast = (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
    const wanted = one.ariaHidden === "true" ? 3 : 4.5;
    if (contrast < wanted) weak.push([one.textContent.slice(0, 40), one.className, contrast.toFixed(2)]);
  }
  return weak;
};
