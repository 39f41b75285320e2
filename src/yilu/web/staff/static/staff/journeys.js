/* The flow of a journey: steps and how many went from one to the next. The tables say the same in words. */
(() => {
  "use strict";
  const draw = async (box) => {
    if (!window.echarts) return;
    const answer = await fetch(box.dataset.flow, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const given = await answer.json();
    if (!given.links.length) {
      box.closest("section")?.remove();
      return;
    }
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const tones = { good: colour("--good"), bad: colour("--bad"), info: colour("--info") };
    const labels = new Map(given.nodes.map((node) => [node.name, node.label]));
    const narrow = box.clientWidth < 520;
    const chart = window.echarts.init(box, null, { renderer: "svg" });
    chart.setOption({
      animation: !window.matchMedia("(prefers-reduced-motion: reduce)").matches,
      textStyle: { fontFamily: style.getPropertyValue("--font") },
      tooltip: {
        formatter: (hit) => (hit.dataType === "edge"
          ? `${labels.get(hit.data.source)} → ${labels.get(hit.data.target)}: ${hit.data.value}`
          : `${labels.get(hit.name)} · ${hit.data.note}`),
      },
      series: [{
        type: "sankey", left: 8, right: narrow ? 60 : 96, top: 8, bottom: 8, nodeGap: 14, draggable: false,
        nodeAlign: "left", emphasis: { focus: "adjacency" },
        label: { formatter: (hit) => labels.get(hit.name), fontSize: 12, color: colour("--ink") || "#33302b" },
        lineStyle: { color: "gradient", opacity: 0.35, curveness: 0.5 },
        data: given.nodes.map((node) => ({
          name: node.name, note: node.note, url: node.url, itemStyle: { color: tones[node.tone] || tones.info },
        })),
        links: given.links,
      }],
    });
    chart.on("click", (hit) => {
      if (hit.data?.url) window.location.assign(hit.data.url);
    });
    new ResizeObserver(() => chart.resize()).observe(box);
  };
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-flow]").forEach(draw));
})();
