import { openEncodingService } from './encoding-service.js';
import { serveRequests } from './serve-requests.js';

serveRequests(openEncodingService);
