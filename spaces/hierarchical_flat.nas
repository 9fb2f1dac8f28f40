nas 1

use "hierarchical.nas"

/// The flat baseline (section 4): one motif of eleven nodes over the primitives, 7^55 genotypes.
space hierarchical_flat(classes = 10, size = 32, colors = 3, c = 16, n = 1) {
  input x: image[size, size, colors]
  output x |> conv_bn_relu(c, 3) |> repeat n { flat(c) }
    |> sep_conv(2 * c, 3, stride: 2) |> repeat n { flat(2 * c) }
    |> sep_conv(4 * c, 3, stride: 2) |> repeat n { flat(4 * c) } |> classifier(classes)
  require connected
}

normal cell flat(x; c) {
  nodes g[10] = merge([h |> primitive(c) for h in [x, ...g]]; c)
  last(g)
}
