/* Pictures of 客户之声 that bars and lines cannot say: intervals, a heat map, a quadrant. */
(() => {
  "use strict";
  const style = getComputedStyle(document.documentElement);
  const colour = (name) => style.getPropertyValue(name).trim();
  const text = { fontFamily: style.getPropertyValue("--font") };
  const calm = !window.matchMedia("(prefers-reduced-motion: reduce)").matches;

  const interval = (given) => ({
    grid: { left: 8, right: 32, top: 8, bottom: 4, containLabel: true },
    tooltip: { formatter: (p) => `${given.names[p.data[0]]}: ${p.data[2]} (${p.data[1]} … ${p.data[3]}), n=${p.data[4]}` },
    xAxis: { type: "value", min: -100, max: 100, splitLine: { lineStyle: { color: colour("--line") } } },
    yAxis: { type: "category", data: given.names, inverse: true, axisTick: { show: false } },
    series: [{
      type: "custom",
      renderItem: (_params, api) => {
        const y = api.coord([0, api.value(0)])[1];
        const [low, mid, high] = [1, 2, 3].map((n) => api.coord([api.value(n), 0])[0]);
        const line = (x1, y1, x2, y2) => ({ type: "line", shape: { x1, y1, x2, y2 }, style: { stroke: colour("--info"), lineWidth: 2 } });
        return { type: "group", children: [
          line(low, y, high, y), line(low, y - 6, low, y + 6), line(high, y - 6, high, y + 6),
          { type: "circle", shape: { cx: mid, cy: y, r: 6 }, style: { fill: colour("--info") } },
        ] };
      },
      encode: { x: [1, 2, 3], y: 0 },
      data: given.rows.map((row, n) => [n, ...row]),
    }],
  });

  const heat = (given) => ({
    grid: { left: 8, right: 8, top: 8, bottom: 48, containLabel: true },
    tooltip: { formatter: (p) => `${given.names[p.data[1]]} × ${given.names[p.data[0]]}: ${p.data[2]}` },
    xAxis: { type: "category", data: given.names, axisLabel: { rotate: 40, width: 90, overflow: "truncate" }, axisTick: { show: false } },
    yAxis: { type: "category", data: given.names, inverse: true, axisLabel: { width: 110, overflow: "truncate" }, axisTick: { show: false } },
    visualMap: { min: -1, max: 1, calculable: false, orient: "horizontal", left: "center", bottom: 0, itemHeight: 120,
      inRange: { color: [colour("--bad"), "#fff", colour("--good")] } },
    series: [{ type: "heatmap", data: given.cells, label: { show: given.names.length <= 14, fontSize: 10, color: colour("--ink"), formatter: (p) => p.data[2].toFixed(2) } }],
  });

  const middle = (values) => {
    const sorted = [...values].sort((a, b) => a - b);
    return sorted.length ? sorted[Math.floor(sorted.length / 2)] : 0;
  };
  const scatter = (given) => {
    const x = middle(given.points.map((p) => p[0]));
    const y = middle(given.points.map((p) => p[1]));
    const most = Math.max(...given.points.map((p) => p[3]), 1);
    const urgent = (p) => p[0] < x && p[1] >= y;
    const corner = (words, place) => ({ type: "text", ...place, style: { text: words, fill: colour("--ink-3"), font: "12px sans-serif" } });
    return {
      grid: { left: 12, right: 100, top: 48, bottom: 30, containLabel: true },
      tooltip: { formatter: (p) => `${p.data[2]}: ${given.x} ${p.data[0]}, ${given.y} ${p.data[1]}, n=${p.data[3]}` },
      xAxis: { type: "value", name: given.x, nameLocation: "middle", nameGap: 26, min: 0, max: 100, splitLine: { show: false } },
      yAxis: { type: "value", name: given.y, nameGap: 26, nameTextStyle: { align: "left" }, splitLine: { show: false } },
      graphic: [
        corner(given.corners[0], { left: 60, top: 30 }), corner(given.corners[1], { right: 110, top: 30 }),
        corner(given.corners[2], { left: 60, bottom: 50 }), corner(given.corners[3], { right: 110, bottom: 50 }),
      ],
      series: [{
        type: "scatter", data: given.points, symbolSize: (p) => 7 + 13 * Math.sqrt(p[3] / most),
        itemStyle: { color: (p) => colour(urgent(p.data) ? "--bad" : "--info"), opacity: 0.8 },
        label: { show: true, position: "right", color: colour("--ink"), formatter: (p) => p.data[2] }, labelLayout: { hideOverlap: true, moveOverlap: "shiftY" },
        markLine: { silent: true, symbol: "none", label: { show: false }, lineStyle: { color: colour("--line-strong") }, data: [{ xAxis: x }, { yAxis: y }] },
      }],
    };
  };

  const kinds = { interval, heat, scatter };
  const draw = async (box) => {
    if (!window.echarts) return;
    const answer = await fetch(box.dataset.picture, { headers: { Accept: "application/json" } });
    if (!answer.ok) return;
    const given = await answer.json();
    const chart = window.echarts.init(box, null, { renderer: "svg" });
    chart.setOption({ animation: calm, textStyle: text, ...kinds[given.kind](given) });
    new ResizeObserver(() => chart.resize()).observe(box);
  };
  document.addEventListener("DOMContentLoaded", () => document.querySelectorAll("[data-picture]").forEach(draw));
})();
