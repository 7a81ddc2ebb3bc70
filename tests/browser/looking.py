"""What eyes, fingers and a screen reader would find out about a page, as questions to the browser."""

CONTRASTS = """() => {
  const rgb = colour => colour.match(/[\\d.]+/g).map(Number);
  const channel = c => (c /= 255) <= 0.04045 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4;
  const light = ([r, g, b]) => 0.2126 * channel(r) + 0.7152 * channel(g) + 0.0722 * channel(b);
  const clear = colour => { const parts = rgb(colour); return parts.length === 4 && parts[3] === 0; };
  const behind = node => {
    while (node && clear(getComputedStyle(node).backgroundColor)) node = node.parentElement;
    return node ? getComputedStyle(node).backgroundColor : 'rgb(255, 255, 255)';
  };
  const ratio = (one, other) => {
    const [low, high] = [light(rgb(one)), light(rgb(other))].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const found = [];
  for (const node of document.body.querySelectorAll('*')) {
    const style = getComputedStyle(node);
    const speaks = [...node.childNodes].some(child => child.nodeType === 3 && child.data.trim()) || node.tagName === 'TEXTAREA';
    if (speaks) found.push([node.tagName + ' text', ratio(style.color, behind(node)), 4.5]);
    if (!node.matches('textarea, .choice')) continue;
    found.push([node.tagName + ' border', ratio(style.borderTopColor, behind(node.parentElement)), 3]);
  }
  return found;
}"""
"""Each text and each border of a field: [what, ratio of contrast, least ratio], by WCAG 2.2 (1.4.3, 1.4.11)."""

FOCUS = """() => {
  const node = document.activeElement;
  if (!node || node === document.body) return null;
  const style = getComputedStyle(node);
  const seen = node.matches(':focus-visible') && style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) >= 2;
  return {what: node.name || node.type, seen};
}"""
"""What has the focus, and whether one sees it; null where nothing has."""

UNNAMED = """() => [...document.querySelectorAll('input, textarea, button, select')]
  .filter(field => !(field.labels?.length ? [...field.labels].some(label => label.innerText.trim()) : field.innerText.trim()))
  .map(field => field.outerHTML)"""
"""Fields and buttons without a name."""

SMALL = """() => [...document.querySelectorAll('.choice, textarea, button')]
  .filter(target => { const box = target.getBoundingClientRect(); return box.width < 44 || box.height < 44; })
  .map(target => target.outerHTML)"""
"""Targets that a thumb would miss: under 44 by 44 CSS pixels."""

OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
"""How many pixels of the page lie beside the window."""

INLINE_SCRIPT = """() => {
  const script = document.createElement('script');
  script.textContent = 'window.foreign = true';
  document.body.append(script);
  return window.foreign === true;
}"""
"""Whether a script that somebody smuggled in would run."""
