// What the tests ask of a page that is open in a browser. Each function returns a list of faults in words.
(() => {
  const shown = node => node.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true });
  const named = node => `${node.tagName.toLowerCase()} ${(node.textContent || "").trim().slice(0, 40)}`;
  const channel = part => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  const parts = color => {
    const found = color.match(/[\d.]+/g);
    if (!color.startsWith("rgb")) throw new Error(`a color: ${color}`);
    return [...found.slice(0, 3).map(Number), found.length > 3 ? Number(found[3]) : 1];
  };
  const luminance = ([red, green, blue]) =>
    0.2126 * channel(red) + 0.7152 * channel(green) + 0.0722 * channel(blue);
  const over = (top, below) => below.slice(0, 3).map((part, at) => top[3] * top[at] + (1 - top[3]) * part);
  const contrast = (one, other) => {
    const [low, high] = [luminance(one), luminance(other)].sort((a, b) => a - b);
    return (high + 0.05) / (low + 0.05);
  };
  const canvas = () => {
    const probe = document.createElement("i");
    probe.setAttribute("hidden", "");
    document.body.append(probe);
    probe.attributeStyleMap.set("color", "Canvas");
    const found = parts(getComputedStyle(probe).color);
    probe.remove();
    return found;
  };
  const background = node => {
    const layers = [];
    for (let at = node; at; at = at.parentElement) layers.push(parts(getComputedStyle(at).backgroundColor));
    return layers.reverse().reduce((below, top) => over(top, below), canvas());
  };
  const texts = root => {
    const found = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    for (let node; (node = walker.nextNode()); )
      if (node.data.trim() && !node.parentElement.closest("style,title,desc") && shown(node.parentElement))
        found.push(node);
    return found;
  };

  window.measures = {
    // Nothing makes the page wider than its window, and nothing in it stands beyond the edge but in a box that scrolls.
    wider() {
      const found = [], wide = document.scrollingElement;
      if (wide.scrollWidth > innerWidth) found.push(`the page is ${wide.scrollWidth} wide of ${innerWidth}`);
      for (const node of document.body.querySelectorAll("*")) {
        if (!shown(node) || node.parentElement.closest(".scroll,.command,pre,svg")) continue;
        const { left, right, width } = node.getBoundingClientRect();
        if (width && (right > innerWidth + 0.5 || left < -0.5)) found.push(`${named(node)}: ${left} to ${right}`);
      }
      return found;
    },
    // Texts of a drawing meet neither each other nor its edge; a line is higher than its letters.
    overlaps() {
      const found = [];
      for (const drawing of document.querySelectorAll("svg")) {
        const whole = drawing.getBoundingClientRect();
        const unit = whole.width / drawing.viewBox.baseVal.width;
        const boxes = [...drawing.querySelectorAll("text")].filter(one => one.textContent.trim()).map(one => {
          const { left, right, top, bottom } = one.getBoundingClientRect();
          const slack = 2 * unit, turned = one.hasAttribute("transform");
          return { text: one.textContent, left: left + (turned ? slack : 0), right: right - (turned ? slack : 0),
                   top: top + (turned ? 0 : slack), bottom: bottom - (turned ? 0 : slack) };
        });
        boxes.forEach((one, at) => {
          if (one.left < whole.left - 0.5 || one.right > whole.right + 0.5 ||
              one.top < whole.top - 0.5 || one.bottom > whole.bottom + 0.5)
            found.push(`${one.text}: beyond the drawing`);
          for (const other of boxes.slice(at + 1)) {
            const wide = Math.min(one.right, other.right) - Math.max(one.left, other.left);
            const high = Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top);
            if (wide > 0.5 && high > 0.5) found.push(`${one.text} | ${other.text}`);
          }
        });
      }
      return found;
    },
    // Drawings are seen: large enough, words told from the page by 4.5, marks by 3 (faint ones are areas).
    faint() {
      const found = [], none = /^none$/;
      for (const drawing of document.querySelectorAll("svg")) {
        const below = background(drawing), { width, height } = drawing.getBoundingClientRect();
        if (width < 250 || height < 60) found.push(`a drawing of ${width} by ${height}`);
        let marks = 0;
        for (const node of drawing.querySelectorAll("text,path,rect,circle")) {
          if (node.closest("clipPath")) continue;
          const style = getComputedStyle(node);
          for (const kind of ["fill", "stroke"]) {
            if (none.test(style[kind])) continue;
            const ratio = contrast(over(parts(style[kind]), below), below);
            const least = node.tagName === "text" ? 4.5 : 3;
            if (ratio < least) found.push(`${named(node)} ${kind} ${style[kind]} on ${below}: ${ratio.toFixed(2)}`);
            marks += node.tagName !== "text";
          }
        }
        if (!marks) found.push("a drawing without marks");
      }
      return found;
    },
    // Drawings, their words and tables stand beside or below each other, and within the page also where they scroll.
    crossed() {
      const found = [], boxes = [...document.querySelectorAll("svg,figcaption,table,h2")].filter(shown).map(node =>
        [node, node.getBoundingClientRect()]);
      boxes.forEach(([one, a], at) => {
        if (a.right > innerWidth + 0.5) found.push(`${named(one)}: to ${a.right} of ${innerWidth}`);
        for (const [other, b] of boxes.slice(at + 1))
          if (Math.min(a.right, b.right) - Math.max(a.left, b.left) > 0.5 &&
              Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 0.5)
            found.push(`${named(one)} | ${named(other)}`);
      });
      return found;
    },
    // On paper: all that is folded is there, nothing is cut off, and all is black or dark grey on white.
    printed() {
      const found = [];
      for (const node of document.querySelectorAll("details table")) {
        const { width, height } = node.getBoundingClientRect();
        if (!shown(node) || !width || !height) found.push(`folded: ${named(node)}`);
      }
      for (const node of document.querySelectorAll(".scroll,.command,pre")) {
        const { overflowX, overflowY } = getComputedStyle(node);
        if (overflowX !== "visible" || overflowY !== "visible") found.push(`it scrolls: ${named(node)}`);
      }
      for (const node of texts(document.body)) {
        const below = background(node.parentElement), drawn = node.parentElement.closest("svg");
        const style = getComputedStyle(node.parentElement), color = parts(drawn ? style.fill : style.color);
        if (Math.min(...below) < 255) found.push(`${named(node.parentElement)} on ${below}`);
        if (contrast(color, below) < 7) found.push(`${named(node.parentElement)} in ${color}`);
      }
      return found;
    },
    // The order of reading is that of the eye: titles follow one another down the page, and all is there.
    order() {
      const found = [];
      let last = -1;
      for (const node of document.querySelectorAll("h1,h2,h3,summary")) {
        const { top } = node.getBoundingClientRect();
        if (!shown(node)) found.push(`hidden: ${named(node)}`);
        if (top <= last) found.push(`above what is before it: ${named(node)}`);
        last = top;
      }
      return found;
    },
  };
})();
