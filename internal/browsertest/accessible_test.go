package browsertest

import "testing"

// accessible fails if something has no name for those who hear the page, or too
// little contrast for those who see it badly.
func (p *tab) accessible(t *testing.T) {
	t.Helper()
	for _, complaint := range evaluate[[]string](t, p, unnamed) {
		t.Error(complaint)
	}
	type contrast struct {
		Texts int
		Weak  []string
	}
	found := evaluate[contrast](t, p, contrasts)
	if found.Texts < 60 {
		t.Errorf("only %d texts were looked at", found.Texts)
	}
	for _, weak := range found.Weak {
		t.Errorf("too little contrast: %s", weak)
	}
}

const unnamed = `(() => {
	const bad = [];
	const want = (ok, complaint) => { if (!ok) bad.push(complaint); };
	want(document.documentElement.lang === 'en', 'no language');
	want(document.title.length > 10, 'no title');
	want(document.querySelectorAll('h1').length === 1, 'not one h1');
	want(document.querySelectorAll('main').length === 1, 'not one main');
	for (const e of document.querySelectorAll('[role=img], [role=region]')) want(e.getAttribute('aria-label')?.length > 4, 'no label: ' + e.outerHTML.slice(0, 80));
	for (const e of document.querySelectorAll('section')) want(document.getElementById(e.getAttribute('aria-labelledby'))?.textContent, 'no heading: ' + e.outerHTML.slice(0, 80));
	for (const e of document.querySelectorAll('table')) {
		want(e.caption?.textContent, 'no caption: ' + e.id);
		want([...e.querySelectorAll('th')].every((th) => th.scope === 'col' && th.textContent), 'no heads: ' + e.id);
	}
	const ids = [...document.querySelectorAll('[id]')].map((e) => e.id);
	want(new Set(ids).size === ids.length, 'an id stands twice: ' + ids);
	for (const e of document.querySelectorAll('.scroll')) want(e.tabIndex === 0, 'not reached by the keyboard: ' + e.outerHTML.slice(0, 80));
	return bad;
})()`

// contrasts works out the contrast of every text by WCAG 2's formula.
const contrasts = `(() => {
	const channels = (colour) => colour.match(/[\d.]+/g).map(Number);
	const resolved = (colour) => { const e = document.createElement('i'); e.style.color = colour; document.body.append(e); const c = getComputedStyle(e).color; e.remove(); return c; };
	const luminance = (colour) => {
		const [r, g, b] = channels(colour).slice(0, 3).map((v) => v / 255).map((v) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4));
		return 0.2126 * r + 0.7152 * g + 0.0722 * b;
	};
	const ratio = (a, b) => { const [low, high] = [luminance(a), luminance(b)].sort((x, y) => x - y); return (high + 0.05) / (low + 0.05); };
	const behind = (e) => {
		for (let at = e; at; at = at.parentElement) {
			const colour = getComputedStyle(at).backgroundColor;
			const alpha = channels(colour)[3] ?? 1;
			if (alpha === 1) return colour;
		}
		return 'rgb(255, 255, 255)';
	};
	for (const details of document.querySelectorAll('details')) details.open = true;
	const texts = [...document.querySelectorAll('body *')].filter((e) => !['SCRIPT', 'STYLE'].includes(e.tagName)
		&& [...e.childNodes].some((n) => n.nodeType === Node.TEXT_NODE && n.textContent.trim()));
	const weak = [];
	for (const e of texts) {
		const ink = e.closest('svg') ? resolved(e.getAttribute('fill') ?? 'black') : getComputedStyle(e).color;
		const found = ratio(ink, behind(e));
		if (found < 4.5) weak.push(found.toFixed(2) + ' ' + e.tagName + ' ' + e.textContent.trim().slice(0, 40) + ' ' + ink + ' on ' + behind(e));
	}
	for (const details of document.querySelectorAll('details')) details.open = false;
	return { Texts: texts.length, Weak: [...new Set(weak)].slice(0, 20) };
})()`
