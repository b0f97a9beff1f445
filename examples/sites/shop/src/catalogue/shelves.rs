//! The list of products.

use super::{Glaze, Kind, Product, Shape};
use crate::Price;

const LAPIS: Glaze = Glaze { name: "Lapis blue", light: "#6f93e6", base: "#2c4fa8", dark: "#14265f" };
const TERRACOTTA: Glaze = Glaze { name: "Terracotta", light: "#e79a79", base: "#bb5d3c", dark: "#6f2f1b" };
const SAND: Glaze = Glaze { name: "Desert sand", light: "#f4e4c6", base: "#d6b98d", dark: "#92754c" };
const MOSS: Glaze = Glaze { name: "Moss green", light: "#a9bd7d", base: "#6f844a", dark: "#3a4825" };
const BASALT: Glaze = Glaze { name: "Basalt black", light: "#7b7b84", base: "#3d3d43", dark: "#141417" };
const IVORY: Glaze = Glaze { name: "Ivory", light: "#fffdf6", base: "#efe7d6", dark: "#b3a684" };

/// A product of which there are some.
const fn make(id: &'static str, name: &'static str, look: (Kind, Shape, Glaze), price: u32) -> Product {
    let (kind, shape, glaze) = look;
    Product { id, name, kind, glaze, shape, price: Price::cents(price), in_stock: true, about: "", size: "" }
}

/// The same product with its description and measure.
const fn told(product: Product, size: &'static str, about: &'static str) -> Product {
    Product { about, size, ..product }
}

/// The same product, sold out.
const fn sold_out(product: Product) -> Product {
    Product { in_stock: false, ..product }
}

/// Everything, in the order in which the shop likes to show it.
pub(crate) const PRODUCTS: &[Product] = &[
    told(
        make("mug-lapis", "Lapis Blue Mug", (Kind::Mug, Shape::Mug, LAPIS), 1800),
        "350 ml, 9 cm high",
        "Our everyday mug, thrown by hand and dipped twice in the blue of the Ishtar Gate. The foot is left \
         bare, the handle takes three fingers.",
    ),
    told(
        make("mug-lapis-large", "Large Lapis Blue Mug", (Kind::Mug, Shape::Mug, LAPIS), 2400),
        "550 ml, 12 cm high",
        "The same blue, with room for a whole pot of tea.",
    ),
    told(
        make("mug-terracotta", "Terracotta Mug", (Kind::Mug, Shape::Mug, TERRACOTTA), 1600),
        "350 ml, 9 cm high",
        "Bare red clay outside, clear glaze inside. It warms the hands.",
    ),
    told(
        make("mug-sand", "Desert Sand Mug", (Kind::Mug, Shape::Mug, SAND), 1600),
        "350 ml, 9 cm high",
        "A quiet mug in the colour of the road to Nineveh.",
    ),
    told(
        make("mug-moss", "Moss Green Mug", (Kind::Mug, Shape::Mug, MOSS), 1750),
        "350 ml, 9 cm high",
        "An ash glaze that breaks to brown where the clay turns.",
    ),
    sold_out(told(
        make("mug-basalt", "Basalt Black Mug", (Kind::Mug, Shape::Mug, BASALT), 1900),
        "350 ml, 9 cm high",
        "Dark clay, satin glaze. The next firing is in four weeks.",
    )),
    told(
        make("cup-ivory", "Ivory Espresso Cup", (Kind::Mug, Shape::Cup, IVORY), 1200),
        "90 ml, 6 cm high",
        "Thin at the lip, heavy at the foot: it stands where it is put.",
    ),
    told(
        make("bowl-lapis", "Lapis Blue Bowl", (Kind::Bowl, Shape::Bowl, LAPIS), 2800),
        "18 cm across",
        "For soup, for salad, for the keys by the door.",
    ),
    told(
        make("bowl-terracotta", "Terracotta Serving Bowl", (Kind::Bowl, Shape::Bowl, TERRACOTTA), 4200),
        "28 cm across",
        "A wide bowl for the middle of the table, with a band pressed in by a carved seal.",
    ),
    told(
        make("bowl-sand", "Desert Sand Breakfast Bowl", (Kind::Bowl, Shape::Deep, SAND), 2200),
        "14 cm across",
        "Deep enough for porridge and one more spoon.",
    ),
    told(
        make("bowl-moss", "Moss Green Ramen Bowl", (Kind::Bowl, Shape::Deep, MOSS), 2600),
        "20 cm across",
        "High walls keep the broth hot.",
    ),
    told(
        make("bowl-basalt", "Basalt Black Bowl", (Kind::Bowl, Shape::Bowl, BASALT), 2900),
        "18 cm across",
        "Makes everything in it look brighter.",
    ),
    sold_out(told(
        make("bowl-ivory", "Ivory Mixing Bowl", (Kind::Bowl, Shape::Deep, IVORY), 4800),
        "30 cm across",
        "With a spout. The next firing is in four weeks.",
    )),
    told(
        make("plate-lapis", "Lapis Blue Dinner Plate", (Kind::Plate, Shape::Plate, LAPIS), 3200),
        "27 cm across",
        "Blue to the rim, which is wiped back to the clay.",
    ),
    told(
        make("plate-terracotta", "Terracotta Dinner Plate", (Kind::Plate, Shape::Plate, TERRACOTTA), 2700),
        "27 cm across",
        "Red clay under a clear glaze.",
    ),
    told(
        make("plate-sand", "Desert Sand Side Plate", (Kind::Plate, Shape::Plate, SAND), 1900),
        "20 cm across",
        "For bread, for cake, for under the mug.",
    ),
    told(
        make("plate-moss", "Moss Green Side Plate", (Kind::Plate, Shape::Plate, MOSS), 2000),
        "20 cm across",
        "No two break into brown in the same place.",
    ),
    told(
        make("plate-basalt", "Basalt Black Platter", (Kind::Plate, Shape::Plate, BASALT), 5800),
        "36 cm across",
        "A platter for a whole fish or forty olives.",
    ),
    told(
        make("plate-ivory", "Ivory Dinner Plate", (Kind::Plate, Shape::Plate, IVORY), 3000),
        "27 cm across",
        "White, but not a cold white.",
    ),
    told(
        make("vase-lapis", "Lapis Blue Vase", (Kind::Vase, Shape::Vase, LAPIS), 6400),
        "26 cm high",
        "A full belly and a narrow neck: three tulips stand up by themselves.",
    ),
    told(
        make("vase-amphora", "Terracotta Amphora", (Kind::Vase, Shape::Amphora, TERRACOTTA), 8900),
        "38 cm high",
        "Two handles, one foot, made after a jar in the museum of Sulaymaniyah.",
    ),
    told(
        make("vase-sand", "Desert Sand Bud Vase", (Kind::Vase, Shape::Bottle, SAND), 2400),
        "15 cm high",
        "For one flower.",
    ),
    sold_out(told(
        make("vase-moss", "Moss Green Vase", (Kind::Vase, Shape::Vase, MOSS), 5900),
        "26 cm high",
        "Ash glaze over dark clay. The next firing is in four weeks.",
    )),
    told(
        make("vase-basalt", "Basalt Black Bottle Vase", (Kind::Vase, Shape::Bottle, BASALT), 7200),
        "32 cm high",
        "A long neck for long branches.",
    ),
];
