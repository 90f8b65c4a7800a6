// A program of a shop's back end: create a filter unless it is there, ask with it, clean up; prints what it got.
import {
  CreateFilterCommand,
  DeleteFilterCommand,
  DescribeFilterCommand,
  PersonalizeClient,
  ResourceNotFoundException,
  paginateListFilters,
} from "@aws-sdk/client-personalize";
import { GetRecommendationsCommand, PersonalizeRuntimeClient } from "@aws-sdk/client-personalize-runtime";

const [, , datasetGroupArn, campaignArn] = process.argv;
const personalize = new PersonalizeClient();
const runtime = new PersonalizeRuntimeClient();
const name = "from-javascript";
let filterArn = datasetGroupArn.replace(/:dataset-group\/.*/, `:filter/${name}`);

let missing = false;
try {
  await personalize.send(new DescribeFilterCommand({ filterArn }));
} catch (error) {
  if (!(error instanceof ResourceNotFoundException)) throw error;
  missing = true;
  const filterExpression = "INCLUDE ItemID WHERE Items.CATEGORY IN ($SHELF)";
  const created = await personalize.send(new CreateFilterCommand({ name, datasetGroupArn, filterExpression }));
  filterArn = created.filterArn;
}
const { filter } = await personalize.send(new DescribeFilterCommand({ filterArn }));
const names = [];
for await (const page of paginateListFilters({ client: personalize }, { datasetGroupArn })) {
  names.push(...page.Filters.map((found) => found.name));
}
const filterValues = { SHELF: '"books"' };
const promotions = [{ name: "toys", percentPromotedItems: 50, filterArn, filterValues: { SHELF: '"toys"' } }];
const request = { campaignArn, userId: "u7", numResults: 4, filterArn, filterValues, promotions };
const { itemList } = await runtime.send(new GetRecommendationsCommand(request));
await personalize.send(new DeleteFilterCommand({ filterArn }));
console.log(JSON.stringify({ missing, status: filter.status, since: filter.creationDateTime, names, itemList }));
