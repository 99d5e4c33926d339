"""Invented names: a first word and a trade name a business. No real company is meant."""

FIRST_WORDS = tuple(  # one text: a hundred quoted lines are harder to read
    """
    Alder Amber Anchor Aspen Autumn Bayside Beacon Birch Bluebird Bramble Brightwater Brook Canyon
    Cardinal Cedar Cinder Clearview Clover Cobalt Compass Copper Coral Cottage Crescent Crimson
    Dahlia Daybreak Driftwood Dune Eastgate Elm Ember Evergreen Falcon Fern Fieldstone Firefly
    Foxglove Garnet Glade Golden Granite Harbor Hawthorn Hazel Heron Highland Hillside Hollow
    Horizon Indigo Iris Ivory Jade Juniper Keystone Kingfisher Lakeside Lantern Larch Laurel
    Lavender Lighthouse Linden Lotus Magnolia Maple Marigold Meadow Midtown Millstone Moonrise
    Mosaic Mulberry Northgate Oakridge Olive Orchard Osprey Parkside Pebble Pinecrest Poppy Prairie
    Quarry Quill Redwood Ridgeway Riverbend Robin Rosewood Saffron Sage Seaglass Silverleaf
    Skylark Sparrow Spruce Starling Stonebridge Summit Sunfield Tamarack Thistle Timber Topaz
    Valley Verdant Violet Walnut Waypoint Westbrook Willow Windmill Wren Yarrow
    """.split()  # noqa: SIM905
)

TRADES = {
    "Food & Drink": ("Bakery", "Roastery", "Kitchen", "Tea House", "Brewery", "Catering", "Pantry"),
    "Health & Wellness": ("Dental", "Yoga", "Physio", "Clinic", "Nutrition", "Fitness", "Skincare"),
    "Home Services": ("Plumbing", "Roofing", "Gardens", "Cleaning", "Painting", "Interiors"),
    "Professional Services": ("Legal", "Accounting", "Consulting", "Insurance", "Staffing"),
    "Retail": ("Books", "Outfitters", "Toys", "Cycles", "Jewelers", "Pets", "Florist", "Optics"),
    "Software": ("Analytics", "Cloud", "Apps", "Robotics", "Security", "Payments", "Data"),
    "Education": ("Academy", "Tutors", "Music School", "Languages", "Preschool"),
    "Real Estate": ("Realty", "Rentals", "Homes", "Property Care"),
    "Travel": ("Travel", "Lodge", "Charters", "Adventures"),
    "Creative": ("Studio", "Photography", "Design", "Films", "Print"),
}

BUSINESS_TYPES = {
    "Food & Drink": ("B2C", "Local business"),
    "Health & Wellness": ("B2C", "Local business"),
    "Home Services": ("Local business",),
    "Professional Services": ("B2B", "Local business"),
    "Retail": ("E-commerce", "B2C", "Local business"),
    "Software": ("SaaS", "B2B"),
    "Education": ("B2C", "Non-profit"),
    "Real Estate": ("Local business", "B2B"),
    "Travel": ("B2C", "E-commerce"),
    "Creative": ("Agency", "B2B"),
}

WRITERS = tuple(
    """
    Ada Ben Clara Dan Ella Finn Greta Hugo Ines Jonas Kira Leo Mara Nora Otis Pia Quinn Rosa Sam
    Tess Uma Vera Will Xenia Yara Zoe
    """.split()  # noqa: SIM905
)

JOURNALS = ("Blog", "Journal", "Notebook", "Letters", "Diary", "Notes")

PLACES = tuple(
    """
    Abbeyford Ashvale Barrowby Beckfield Birchmoor Blackwell Bridgend Calderbrook Castleton
    Chalkhill Coldwater Crowhurst Dalewick Deepford Dunmoor Eastmere Edgewater Elmstead Fairhaven
    Fenwick Foxholm Glenside Grangeford Greywick Hartfield Haverley Heathcote Holmbury Inverdale
    Kelbrook Kingsmoor Langford Larkhill Lindale Longmere Marlowe Millbrook Moorgate Netherby
    Northwold Oakhurst Oldbridge Pinewell Ravensby Redmarsh Rockcliff Rushford Saltmarsh Sandwell
    Selwick Southmere Stonehurst Swanfield Thornbury Underhill Waterbeck Wexcombe Whitford
    Winterbourne Yewdale
    """.split()  # noqa: SIM905
)
