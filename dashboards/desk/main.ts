import { theme } from '../shared/dom.ts';
theme('light');
