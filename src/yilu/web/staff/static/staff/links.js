/* The graph of linked claims: nodes and links come as JSON; the words beside it say the same. */
(() => {
  "use strict";
  const draw = async (box) => {
    if (!window.echarts) return;
    const answer = await fetch(box.dataset.links, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const given = await answer.json();
    const style = getComputedStyle(document.documentElement);
    const colour = (name) => style.getPropertyValue(name).trim();
    const still = window.matchMedia("(prefers-reduced-motion: reduce)").matches;
    const narrow = box.clientWidth < 560;
    /* On a phone a claim goes by the end of its number: the whole of it stands in the list below. */
    const short = (name) => (narrow && /^C\d{12,}$/.test(name) ? `…${name.slice(-6)}` : name);
    const chart = window.echarts.init(box, null, { renderer: "svg" });
    chart.setOption({
      animation: !still,
      textStyle: { fontFamily: style.getPropertyValue("--font") },
      legend: { data: given.categories, top: 0, left: 0, itemWidth: 12, itemHeight: 12 },
      tooltip: { formatter: (hit) => (hit.dataType === "node" ? hit.data.name : "") },
      series: [{
        type: "graph", layout: "force", roam: true, draggable: true, top: narrow ? 84 : 40, left: 24, right: 24, bottom: 24,
        force: { repulsion: narrow ? 110 : 190, edgeLength: narrow ? 42 : 70, gravity: 0.12, layoutAnimation: false },
        categories: given.categories.map((name) => ({ name })),
        label: { show: true, position: "bottom", fontSize: 11, color: colour("--ink") || "#33302b", formatter: (hit) => short(hit.data.name) },
        labelLayout: { hideOverlap: true },
        lineStyle: { color: colour("--line-strong") || "#b8b2a7", width: 1.5 },
        emphasis: { focus: "adjacency" },
        data: given.nodes.map((node, place) => ({
          id: String(place), name: node.name, category: node.category, symbolSize: node.size, url: node.url,
          cursor: node.url ? "pointer" : "default",
          itemStyle: node.start ? { borderColor: colour("--bad"), borderWidth: 4 } : undefined,
        })),
        links: given.links.map(([source, target]) => ({ source: String(source), target: String(target) })),
      }],
    });
    chart.on("click", (hit) => {
      if (hit.data?.url) window.location.assign(hit.data.url);
    });
    new ResizeObserver(() => chart.resize()).observe(box);
  };
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-links]").forEach(draw));
})();
