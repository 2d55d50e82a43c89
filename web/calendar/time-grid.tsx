import timeGrid from 'fullcalendar/timegrid';
import { Grid } from './grid.js';

/** Week and day. */
export const TimeGrid = () => <Grid plugin={timeGrid} />;
