import dayGrid from 'fullcalendar/daygrid';
import { Grid } from './grid.js';

export const MonthGrid = () => <Grid plugin={dayGrid} />;
