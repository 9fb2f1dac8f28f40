nas 1
// Two operations under one label.

space operations(c = 8) {
  input x: image[8, 8, 1]
  output x |> choose op {
    sep_3: sep_conv(c, 3)
    sep_5: sep_conv(c, 5)
    sep_3: dil_conv(c, 3)
  } |> classifier(10)
}
