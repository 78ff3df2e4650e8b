import { channelContract } from './channel-contract.js';
import { teamsSubject } from './teams.bench.js';

channelContract(teamsSubject);
