/** A campaign of the demo, as a campaign admin would write it. */
export interface SeedCampaign {
  readonly slug: string;
  readonly title: string;
  readonly summary: string;
  readonly story: string;
  readonly goalMinor: number;
  readonly currency: string;
  readonly cover: string;
  /** Days from now until it ends; none: it stays open. */
  readonly endsInDays?: number;
  /** Where it stands after its gifts. */
  readonly status: "draft" | "active" | "paused" | "completed";
  /** Gifts in the order in which they come. */
  readonly gifts: readonly SeedGift[];
}

export interface SeedGift {
  readonly amountMinor: number;
  /** Index into {@link DONORS}. */
  readonly donor: number;
  readonly message?: string;
  readonly anonymous?: true;
  readonly coverFees?: true;
  /** A test card of Stripe's; `pm_card_visa` unless told. */
  readonly paymentMethod?: string;
}

/** People who give in the demo. The addresses cannot exist (RFC 2606); who has an account gives signed in. */
export const DONORS: readonly { readonly name: string; readonly email: string; readonly account?: true }[] = [
  { name: "Mara Lindqvist", email: "mara@example.test" },
  { name: "Tomás Ortega", email: "tomas@example.test" },
  { name: "Grace Okafor", email: "grace@example.test" },
  { name: "Jonas Weber", email: "jonas@example.test" },
  { name: "Amélie Laurent", email: "amelie@example.test" },
  { name: "Piotr Żukowski", email: "piotr@example.test" },
  { name: "Nguyễn Thị Hoa", email: "hoa@example.test" },
  { name: "Sven Haugen", email: "sven@example.test" },
  { name: "Leila Haddad", email: "leila@example.test" },
  { name: "Robert McKay", email: "robert@example.test" },
  { name: "Ines Carvalho", email: "ines@example.test" },
  { name: "Dario Donor", email: "donor@devmentor.test", account: true },
];

/** A dozen campaigns, as different as they come. */
export const SEED_CAMPAIGNS: readonly SeedCampaign[] = [
  {
    slug: "books-on-wheels",
    title: "A library bus for the Nysa valley",
    summary:
      "Eleven villages, no library. A second-hand bus with two thousand books would call at each of them every week.",
    story:
      "## Who it is for\n\nThe last branch library in the valley closed in 2019. Since then **1,900 children** live more than an hour from the next one.\n\n## What the money does\n\n- The bus itself, inspected and insured: two thirds of the goal\n- Shelves, a ramp and heating\n- Two thousand books in Polish, Czech and German, chosen with the schools\n\n## Who runs it\n\nThree retired librarians and the parish of Radków. The driver is paid by the county; that is agreed and signed.\n\n> On Tuesdays the children stand at the stop before we have even parked.\n\nWhatever is left over buys books.",
    goalMinor: 2_800_000,
    currency: "EUR",
    cover: "library",
    endsInDays: 60,
    status: "active",
    gifts: [
      { amountMinor: 50_000, donor: 5, message: "For my grandmother, who taught half the valley to read." },
      { amountMinor: 2500, donor: 0 },
      { amountMinor: 250_000, donor: 9, coverFees: true },
      { amountMinor: 5000, donor: 4, message: "Bonne route!" },
      { amountMinor: 1_200_000, donor: 2, anonymous: true },
      { amountMinor: 10_000, donor: 6, coverFees: true },
      { amountMinor: 480_000, donor: 3 },
      { amountMinor: 2500, donor: 1, paymentMethod: "pm_card_visa_chargeDeclined" },
      // Looks risky to Stripe: held until somebody in the administration decides.
      { amountMinor: 90_000, donor: 8, paymentMethod: "pm_card_riskLevelElevated" },
    ],
  },
  {
    slug: "clean-water-for-kisoro",
    title: "Clean water for two schools in Kisoro",
    summary: "Rain tanks, gutters and filters, so that 740 pupils need not fetch water from the lake before lessons.",
    story:
      "The girls go first, at five in the morning, because it is their task at home. By the time lessons begin they have walked **six kilometres**.\n\n## What will be built\n\n1. Four tanks of 20,000 litres, made in Kisoro\n2. New gutters on both school roofs\n3. Sand filters, and a caretaker trained for each\n\n## How you can check it\n\nThe district water office measures the water each quarter. We publish each report here, good or bad.",
    goalMinor: 1_450_000,
    currency: "EUR",
    cover: "river",
    endsInDays: 30,
    status: "active",
    gifts: [
      { amountMinor: 20_000, donor: 2, message: "My mother walked that road." },
      { amountMinor: 7500, donor: 7 },
      { amountMinor: 100_000, donor: 3, coverFees: true },
      { amountMinor: 640_000, donor: 8, anonymous: true },
      { amountMinor: 2500, donor: 11 },
      { amountMinor: 25_000, donor: 10, message: "Força!" },
    ],
  },
  {
    slug: "roof-for-the-boxing-gym",
    title: "A roof for the Easterhouse boxing gym",
    summary:
      "Forty teenagers train under a roof that leaks in three places. Slates, timber and a roofer for three weeks.",
    story:
      "The gym is open six nights a week and costs nothing. What it asks is that you come on time.\n\n## The roof\n\nThe survey is from March: **two purlins are rotten**, and half of the slates have slipped. The council owns the walls but not the roof, so it falls to us.\n\n- Timber and slates: £6,100\n- Roofer, three weeks: £5,400\n- Scaffolding: £1,900\n\nParents do the carrying.",
    goalMinor: 1_340_000,
    currency: "GBP",
    cover: "workshop",
    status: "active",
    gifts: [
      { amountMinor: 10_000, donor: 9, message: "Learned to keep my guard up here in 1988." },
      { amountMinor: 2000, donor: 1 },
      { amountMinor: 350_000, donor: 2, coverFees: true },
      { amountMinor: 5000, donor: 7, anonymous: true },
      { amountMinor: 1500, donor: 0 },
    ],
  },
  {
    slug: "night-kitchen-leipzig",
    title: "The night kitchen: hot meals after ten",
    summary: "When the day shelters close, a van with soup goes round. A winter of it, seven nights a week.",
    story:
      "Between ten at night and six in the morning there is nothing warm to eat in the city unless you can pay for it.\n\n## What a night costs\n\nAbout **€95**: sixty bowls, bread, gas, diesel. All who cook and drive are volunteers, with the papers that the health office wants.\n\n## What a winter costs\n\n120 nights. A gift of €95 is a night.",
    goalMinor: 1_140_000,
    currency: "EUR",
    cover: "kitchen",
    endsInDays: 5,
    status: "active",
    gifts: [
      { amountMinor: 9500, donor: 3, message: "One night." },
      { amountMinor: 9500, donor: 0, message: "Another one." },
      { amountMinor: 950_000, donor: 4, anonymous: true },
      { amountMinor: 19_000, donor: 5, coverFees: true },
      { amountMinor: 9500, donor: 8 },
      { amountMinor: 120_000, donor: 6 },
      { amountMinor: 47_500, donor: 10, message: "Cinco noites." },
    ],
  },
  {
    slug: "school-garden-nagano",
    title: "A school garden in Nagano",
    summary: "An unused car park becomes forty beds, tended by the first four classes.",
    story:
      "The asphalt goes out in spring. Then soil, a shed, a tap, and **forty beds, one for each pair of children**.\n\n- Breaking and carting away: ¥310,000\n- Soil and compost: ¥180,000\n- Shed, tools, tap: ¥210,000\n\nWhat grows is eaten in the school’s kitchen.",
    goalMinor: 700_000,
    currency: "JPY",
    cover: "garden",
    endsInDays: 90,
    status: "active",
    gifts: [
      { amountMinor: 5000, donor: 6 },
      { amountMinor: 30_000, donor: 7, coverFees: true },
      { amountMinor: 120_000, donor: 9, message: "Plant radishes first." },
    ],
  },
  {
    slug: "mobile-clinic-sertao",
    title: "A mobile clinic for the Sertão",
    summary: "A nurse, a dentist and a van: five settlements, each seen once a fortnight.",
    story:
      "The next hospital is 140 kilometres away, on a road that floods.\n\n## What we have\n\nA van, given by the state, and a nurse who lives there.\n\n## What is missing\n\n- A dentist’s chair that folds: R$ and dollars, about **$7,900**\n- Two years of medicines for what is common: **$11,000**\n- A refrigerator that runs from the van\n\nEach visit is listed here with what was done, without names.",
    goalMinor: 2_250_000,
    currency: "USD",
    cover: "clinic",
    endsInDays: 120,
    status: "active",
    gifts: [
      { amountMinor: 15_000, donor: 10, message: "Para Dona Lúcia." },
      { amountMinor: 500_000, donor: 8, coverFees: true },
      { amountMinor: 5000, donor: 1 },
      { amountMinor: 2500, donor: 11, anonymous: true },
      { amountMinor: 75_000, donor: 2 },
    ],
  },
  {
    slug: "footbridge-at-brunni",
    title: "Rebuild the footbridge at Brunni",
    summary: "The flood of August took it. Without it the way to school is nine kilometres instead of one.",
    story:
      "For 112 years a wooden bridge stood here. On the 14th of August it went in eleven minutes.\n\n## The new one\n\nLarch on steel, a metre higher. The village gives the timber and the work; money is needed for **steel, abutments and the engineer**.\n\nDrawings and the calculation hang in the village hall, and are sent to anybody who asks.",
    goalMinor: 3_800_000,
    currency: "CHF",
    cover: "bridge",
    status: "active",
    gifts: [
      { amountMinor: 100_000, donor: 3, message: "Ich bin jeden Tag darüber gegangen." },
      { amountMinor: 2_000_000, donor: 7, anonymous: true },
      { amountMinor: 25_000, donor: 4 },
      { amountMinor: 1_350_000, donor: 9, coverFees: true },
    ],
  },
  {
    slug: "harbour-rescue-boat",
    title: "A rescue boat for Vardø harbour",
    summary: "The old one is from 1979. The new one starts at the first try.",
    story:
      "Fourteen volunteers answer the horn. Last winter they were called **31 times**; twice the engine did not start.\n\n- Hull, second-hand, checked: kr 620,000\n- Engine: kr 240,000\n- Radio, radar, suits: kr 140,000\n\nThe coast guard trains the crew without pay.",
    goalMinor: 100_000_000,
    currency: "NOK",
    cover: "harbour",
    status: "active",
    gifts: [
      { amountMinor: 500_000, donor: 7, message: "You came for my brother. Thank you." },
      { amountMinor: 25_000_000, donor: 0, coverFees: true },
      { amountMinor: 10_000, donor: 5 },
    ],
  },
  {
    slug: "evening-school-marrakesh",
    title: "An evening school for apprentices",
    summary: "Reading, arithmetic and a little law, four evenings a week, for those who began to work at twelve.",
    story:
      "They mend mopeds, weave, carry. At half past seven they sit down with us.\n\n## What it takes\n\n- Rent of two rooms for a year\n- Two teachers, part time\n- A meal each evening, because nobody learns hungry\n\n**32 of the 40** who began last year passed the state’s examination.",
    goalMinor: 960_000,
    currency: "EUR",
    cover: "school",
    status: "completed",
    gifts: [
      { amountMinor: 480_000, donor: 8, message: "For the class of 2027." },
      { amountMinor: 240_000, donor: 4, coverFees: true },
      { amountMinor: 250_000, donor: 2, anonymous: true },
    ],
  },
  {
    slug: "trees-for-the-heath",
    title: "Nine thousand trees for the Dübener heath",
    summary: "Spruce died in three dry summers. Oak, hornbeam and lime come after it, planted by hand.",
    story:
      "A forester planned it, a nursery grew the seedlings, and on six Saturdays **anybody may come and plant**.\n\n> A tree costs €3.40, with the fence that keeps the deer off.\n\nWe are paused until the frost is out of the ground. Planting goes on in March.",
    goalMinor: 3_060_000,
    currency: "EUR",
    cover: "forest",
    status: "paused",
    gifts: [
      { amountMinor: 34_000, donor: 5, message: "A hundred oaks, please." },
      { amountMinor: 6800, donor: 11, message: "Twenty for the family." },
      { amountMinor: 340_000, donor: 3, coverFees: true },
      { amountMinor: 3400, donor: 6 },
    ],
  },
  {
    slug: "observatory-for-everyone",
    title: "Mend the telescope on Kvistaberg hill",
    summary: "Every clear Friday since 1951 it has been open to all. Its mirror needs a new coat.",
    story:
      "On a good night you see the rings of Saturn and forget that you were cold.\n\n## The mirror\n\nIts aluminium has gone blind at the rim. **A new coat costs kr 48,000** and lasts twenty years; packing, insurance and the journey to the workshop are another kr 21,000.\n\nWe take it out in May and have it back by August, when the nights return.",
    goalMinor: 6_900_000,
    currency: "SEK",
    cover: "observatory",
    status: "active",
    gifts: [
      { amountMinor: 50_000, donor: 0, message: "I saw my first nebula there." },
      { amountMinor: 1_500_000, donor: 7, coverFees: true },
      { amountMinor: 25_000, donor: 1, paymentMethod: "pm_card_createDispute" },
      { amountMinor: 20_000, donor: 11 },
    ],
  },
  {
    slug: "village-hall-heating",
    title: "Warm the village hall in Glenmoy",
    summary: "Choir, playgroup and lunch club share one hall and one boiler, which is older than the choir.",
    story:
      "This is a draft: the quotes of two heating engineers are still to come.\n\n- Heat pump\n- Insulation above the stage\n- A door that closes",
    goalMinor: 1_900_000,
    currency: "GBP",
    cover: "hills",
    status: "draft",
    gifts: [],
  },
];
