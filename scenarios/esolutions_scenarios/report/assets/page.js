"use strict";
// What a page of paper cannot do: open envelopes, fold, widen the timeline, read values off a chart.
(() => {
  const data = (id) => JSON.parse(document.getElementById(id).textContent);
  const all = (selector, within = document) => [...within.querySelectorAll(selector)];

  // ---- envelopes: kept as text, parsed into lines only when somebody looks at one
  const dialog = document.getElementById("envelope");
  const pane = document.getElementById("envelope-text");
  const shown = { number: 1, part: "request", indented: true };
  let exchanges = null;

  const indent = (text) => {
    const lines = [];
    let depth = 0;
    let open = -1;
    for (const token of text.match(/<[^>]*>?|[^<]+/g) ?? []) {
      const closes = token.startsWith("</");
      const isElement = /^<[^!?/]/.test(token);
      if (closes) depth = Math.max(0, depth - 1);
      if (closes && open === lines.length - 1 && open >= 0) {
        lines[open] += token;
        open = -1;
      } else if (!token.startsWith("<") && open >= 0) {
        lines[open] += token;
      } else if (token.trim()) {
        lines.push("  ".repeat(depth) + token.trim());
        open = isElement && !token.endsWith("/>") ? lines.length - 1 : -1;
      }
      if (isElement && !token.endsWith("/>")) depth += 1;
    }
    return lines.join("\n");
  };

  const paint = (text) => {
    const parts = document.createDocumentFragment();
    const span = (kind, content) => {
      const made = document.createElement("span");
      made.className = kind;
      made.textContent = content;
      return made;
    };
    for (const token of text.match(/<[^>]*>?|[^<]+/g) ?? []) {
      const tag = token.match(/^(<[/?]?)([^\s>/?]+)([^]*)$/);
      if (tag) parts.append(span("markup", tag[1]), span("name", tag[2]), span("markup", tag[3]));
      else parts.append(token);
    }
    return parts;
  };

  const show = () => {
    exchanges ??= data("exchange-data");
    const exchange = exchanges[shown.number - 1];
    if (!exchange.answer) shown.part = "request";
    const envelope = exchange[shown.part];
    document.getElementById("envelope-title").textContent = `${exchange.title}: ${shown.part}`;
    const cut = envelope.left_out ? `, of which the last ${envelope.left_out.toLocaleString("en")} are not in this page` : "";
    document.getElementById("envelope-facts").textContent = `${exchange.facts}. ${envelope.size.toLocaleString("en")} bytes${cut}.`;
    pane.replaceChildren(paint(shown.indented ? indent(envelope.text) : envelope.text));
    pane.classList.toggle("as-sent", !shown.indented);
    const button = (name) => dialog.querySelector(`[data-go="${name}"]`);
    button("previous").disabled = shown.number === 1;
    button("next").disabled = shown.number === exchanges.length;
    button("part").disabled = !exchange.answer;
    button("part").textContent = shown.part === "request" ? "Show the answer" : "Show the request";
    button("layout").textContent = shown.indented ? "As sent" : "Indented";
    if (!dialog.open) dialog.showModal();
    pane.scrollTop = 0;
  };

  const go = {
    previous: () => { shown.number -= 1; show(); },
    next: () => { shown.number += 1; show(); },
    part: () => { shown.part = shown.part === "request" ? "answer" : "request"; show(); },
    layout: () => { shown.indented = !shown.indented; show(); },
    close: () => dialog.close(),
  };

  // ---- chapters
  const sequence = document.getElementById("sequence");
  const chapters = all(".chapter", sequence);
  const fold = { open: () => chapters.forEach((one) => { one.open = true; }), close: () => all("details", sequence).forEach((one) => { one.open = false; }) };
  document.getElementById("filter").addEventListener("change", (event) => {
    sequence.dataset.filter = event.target.value;
    if (event.target.value === "failures") {
      chapters.forEach((one) => { one.open = one.querySelector(".failed") !== null; });
    }
  });

  // ---- the timeline
  const widen = (chosen) => {
    all("[data-zoom]").forEach((one) => one.setAttribute("aria-pressed", String(one === chosen)));
    const scroller = document.getElementById("timeline-drawing").parentElement;
    const middle = (scroller.scrollLeft + scroller.clientWidth / 2) / scroller.scrollWidth;
    document.getElementById("timeline-drawing").setAttribute("width", `${chosen.dataset.zoom}00%`);
    scroller.scrollLeft = middle * scroller.scrollWidth - scroller.clientWidth / 2;
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (!button) return;
    const { exchange, part, go: action, fold: folding, zoom } = button.dataset;
    if (exchange) { shown.number = Number(exchange); shown.part = part; show(); }
    if (action) go[action]();
    if (folding) fold[folding]();
    if (zoom) widen(button);
  });

  // ---- values at a moment
  const printers = data("printer-data");
  for (const part of all(".printer-parts")) {
    const { seconds, meters, supplies } = printers[Number(part.dataset.printer)];
    const [left, right, first, last] = ["left", "right", "first", "last"].map((name) => Number(part.dataset[name]));
    const slider = part.querySelector("input");
    const spelled = (value, unit, unknown) => (value === null ? unknown : value.toLocaleString("en") + unit);
    const choose = (place) => {
      slider.value = place;
      part.querySelector("output").textContent = new Date(seconds[place] * 1000).toISOString().slice(0, 16).replace("T", " ");
      const x = left + ((seconds[place] - first) / (last - first || 1)) * (right - left);
      all(".cursor", part).forEach((line) => { line.setAttribute("x1", x); line.setAttribute("x2", x); });
      all("[data-meter]", part).forEach((cell, order) => { cell.textContent = spelled(meters[order][place], "", "unknown"); });
      all("[data-supply]", part).forEach((cell, order) => { cell.textContent = spelled(supplies[order][place], " %", "no number"); });
    };
    slider.addEventListener("input", () => choose(Number(slider.value)));
    for (const drawing of all(".chart svg", part)) {
      drawing.addEventListener("pointermove", (event) => {
        const box = drawing.getBoundingClientRect();
        const x = ((event.clientX - box.left) / box.width) * drawing.viewBox.baseVal.width;
        const moment = first + ((x - left) / (right - left)) * (last - first);
        const after = seconds.findIndex((second) => second >= moment);
        choose(after < 0 ? seconds.length - 1 : after);
      });
    }
  }

  // ---- paper shows every chapter
  let closed = [];
  window.addEventListener("beforeprint", () => {
    closed = all("details.chapter:not([open]), details.printer:not([open])");
    closed.forEach((one) => { one.open = true; });
  });
  window.addEventListener("afterprint", () => closed.forEach((one) => { one.open = false; }));

  document.documentElement.dataset.ready = "yes";
})();
