nas 1
// One alternative halves the image, its skip does not.

space downsampling(c = 8) {
  input x: image[32, 32, 3]
  let stem = x |> conv(c, 3)
  let y = stem |> choose {
    keep:  conv_bn_relu(c, 3)
    halve: sep_conv(c, 3, stride: 2)
    pool:  max_pool(3)
  }
  output stem + y |> classifier(10)
}
