// What the page needs of its libraries, and no more.
import { BarChart, LineChart, MapChart, ScatterChart } from 'echarts/charts';
import { AriaComponent, GeoComponent, GridComponent, LegendComponent, TooltipComponent, VisualMapComponent } from 'echarts/components';
import { init, registerMap, use } from 'echarts/core';
import { SVGRenderer } from 'echarts/renderers';
import { geoEqualEarthRaw } from 'd3-geo';

use([
  AriaComponent, BarChart, GeoComponent, GridComponent, LegendComponent, LineChart, MapChart, ScatterChart,
  SVGRenderer, TooltipComponent, VisualMapComponent,
]);

// Equal Earth shows areas in their true proportion, as a map of shades must.
const degrees = 180 / Math.PI;
const equalEarth = {
  project([longitude, latitude]) {
    const [x, y] = geoEqualEarthRaw(longitude / degrees, latitude / degrees);
    return [x * degrees, -y * degrees];
  },
  unproject([x, y]) {
    const [longitude, latitude] = geoEqualEarthRaw.invert(x / degrees, -y / degrees);
    return [longitude * degrees, latitude * degrees];
  },
};

export { equalEarth, init, registerMap };
