'use strict';
// Draws what #drawing holds. Every figure stands in a table of the page too, and
// every text reaches the page as a text node of an SVG: nothing here makes HTML.
(() => {
  const { equalEarth, init, registerMap } = window.charts;
  const content = (id) => JSON.parse(document.getElementById(id).textContent);
  const drawing = content('drawing');
  const world = content('world');
  registerMap('world', world);
  const shapes = new Set(world.features.map((shape) => shape.properties.name));

  const style = () => {
    const computed = getComputedStyle(document.documentElement);
    const font = getComputedStyle(document.body).fontFamily;
    return (name) => (name === 'font' ? font : computed.getPropertyValue(`--${name}`).trim());
  };
  const grouped = (number) => number.toLocaleString('en-US');
  const numbered = (name, n) => Array.from({ length: n }, (_, i) => `${name}${i + 1}`);

  // What all charts have in common. Tooltips are drawn, as HTML ones would need
  // styles that the page's policy refuses.
  const common = (colour) => ({
    animation: false,
    aria: { enabled: false }, // the element has a label that was written with the figures
    textStyle: { fontFamily: colour('font'), color: colour('ink') },
    tooltip: {
      renderMode: 'richText',
      confine: true,
      backgroundColor: colour('card'),
      borderColor: colour('rule'),
      textStyle: { color: colour('ink'), fontSize: 13 },
    },
  });
  const axis = (colour) => ({
    axisLine: { lineStyle: { color: colour('rule') } },
    axisTick: { lineStyle: { color: colour('rule') } },
    axisLabel: { color: colour('quiet'), hideOverlap: true },
    splitLine: { lineStyle: { color: colour('rule') } },
  });
  const values = (colour) => ({ type: 'value', minInterval: 1, ...axis(colour), axisLine: { show: false }, axisTick: { show: false } });

  // Five shades at most, each for as many times more as the one before.
  const pieces = (highest, colour) => {
    const shades = numbered('shade', 5).map(colour);
    const bounds = [1];
    const factor = Math.max(2, highest ** (1 / shades.length));
    while (bounds.length < shades.length) {
      const next = Math.ceil(bounds.at(-1) * factor);
      const digits = 10 ** Math.max(0, Math.floor(Math.log10(next)) - 1);
      const round = Math.ceil(next / digits) * digits;
      if (round > highest) break;
      bounds.push(round);
    }
    return bounds.map((min, i) => {
      const max = i + 1 < bounds.length ? bounds[i + 1] - 1 : highest;
      const label = min === max ? grouped(min) : `${grouped(min)}–${grouped(max)}`;
      const shade = bounds.length === 1 ? 2 : Math.round((i * (shades.length - 1)) / (bounds.length - 1));
      return { min, max, label, color: shades[shade] };
    });
  };

  const map = (colour, narrow) => {
    const highest = Math.max(0, ...drawing.map.map((spot) => spot.accesses));
    const shown = (spot) => ({ name: spot.code, value: spot.accesses, spot });
    const dot = (spot) => ({ name: spot.code, value: [spot.longitude, spot.latitude, spot.accesses], spot });
    return {
      ...common(colour),
      tooltip: {
        ...common(colour).tooltip,
        trigger: 'item',
        formatter: ({ data }) => (data?.spot ? `${data.spot.name}: ${grouped(data.spot.accesses)}` : ''),
      },
      geo: {
        map: 'world',
        nameProperty: 'name',
        projection: equalEarth,
        top: 4, bottom: narrow ? 30 : 38, left: 4, right: 4,
        itemStyle: { areaColor: colour('land'), borderColor: colour('coast'), borderWidth: 0.6 },
        emphasis: { label: { show: false }, itemStyle: { areaColor: colour('hover') } },
        select: { disabled: true },
        tooltip: { show: true },
      },
      visualMap: {
        type: 'piecewise',
        show: highest > 0,
        seriesIndex: [0, 1],
        orient: 'horizontal', left: 'center', bottom: 0,
        itemWidth: 14, itemHeight: 14, itemGap: narrow ? 6 : 12, textGap: 5, padding: 0,
        hoverLink: false, selectedMode: false,
        textStyle: { color: colour('quiet'), fontSize: narrow ? 11 : 12 },
        pieces: highest > 0 ? pieces(highest, colour) : [],
        outOfRange: { color: colour('land') },
      },
      series: [
        { type: 'map', geoIndex: 0, data: drawing.map.filter((spot) => shapes.has(spot.code)).map(shown) },
        {
          type: 'scatter', coordinateSystem: 'geo', symbolSize: narrow ? 7 : 10,
          itemStyle: { borderColor: colour('ink'), borderWidth: 0.8 },
          data: drawing.map.filter((spot) => !shapes.has(spot.code)).map(dot),
        },
      ],
    };
  };

  const line = (colour, narrow) => ({
    ...common(colour),
    color: numbered('series', 6).map(colour),
    tooltip: { ...common(colour).tooltip, trigger: 'axis', axisPointer: { type: 'shadow' } },
    legend: { type: 'plain', top: 0, left: 0, icon: 'roundRect', itemWidth: 12, itemHeight: 12, textStyle: { color: colour('ink'), width: narrow ? 130 : 220, overflow: 'truncate' } },
    grid: { top: narrow ? 84 : 44, bottom: 4, left: 4, right: 8, containLabel: true },
    xAxis: { type: 'category', data: drawing.timeline.steps, ...axis(colour), splitLine: { show: false } },
    yAxis: values(colour),
    series: drawing.timeline.series.map(({ name, values: data }) => ({
      type: 'bar', stack: 'all', name, data, barCategoryGap: '18%',
      itemStyle: name === '(other)' ? { color: colour('series6') } : {},
      emphasis: { focus: 'series' },
    })),
  });

  const spread = (colour) => {
    const { steps, addresses, countries, news } = drawing.spread;
    const at = (i) => [Date.parse(`${steps[i].replace(' ', 'T')}Z`), addresses[i]];
    return {
      ...common(colour),
      useUTC: true,
      tooltip: {
        ...common(colour).tooltip,
        trigger: 'axis',
        formatter: ([{ dataIndex: i }]) => [
          steps[i], `${grouped(addresses[i])} addresses`, `${grouped(countries[i])} countries`, ...(news[i] ? [`new: ${news[i]}`] : []),
        ].join('\n'),
      },
      grid: { top: 30, bottom: 4, left: 4, right: 16, containLabel: true },
      xAxis: { type: 'time', ...axis(colour), splitLine: { show: false } },
      yAxis: { ...values(colour), name: 'Addresses', nameTextStyle: { color: colour('quiet'), align: 'left' } },
      series: [{
        type: 'line', step: 'end', data: steps.map((_, i) => at(i)),
        lineStyle: { color: colour('series1'), width: 2 }, areaStyle: { color: colour('series1'), opacity: 0.15 },
        itemStyle: { color: colour('series2'), borderColor: colour('card'), borderWidth: 1 },
        symbol: (_, { dataIndex: i }) => (news[i] ? 'circle' : 'none'), symbolSize: 10, showAllSymbol: true,
      }],
    };
  };

  const charts = Object.entries({ map, line, spread }).map(([id, option]) => ({ element: document.getElementById(id), option }))
    .filter(({ element }) => element)
    .map((one) => ({ ...one, chart: init(one.element, null, { renderer: 'svg' }) }));
  const dark = window.matchMedia('(prefers-color-scheme: dark)');
  const draw = () => {
    const colour = style();
    for (const { element, chart, option } of charts) {
      chart.resize();
      chart.setOption(option(colour, element.clientWidth < 560), true);
    }
    document.documentElement.dataset.drawn = dark.matches ? 'dark' : 'light';
  };
  draw();
  window.addEventListener('resize', draw);
  dark.addEventListener('change', draw);
})();
