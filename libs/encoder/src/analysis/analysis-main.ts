import { serveRequests } from '../process/serve-requests.js';
import { openAnalysisService } from './analysis-service.js';

serveRequests(openAnalysisService);
