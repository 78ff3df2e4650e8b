import { channelContract } from './channel-contract.js';
import { emailSubject } from './email.bench.js';

channelContract(emailSubject);
