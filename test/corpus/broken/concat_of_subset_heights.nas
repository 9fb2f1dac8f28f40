nas 1
// Any two of three branches, of which one is smaller.

space branches(c = 8) {
  input x: image[16, 16, 3]
  let paths = choose 2 of {
    one:   x |> conv(c, 1)
    three: x |> conv(c, 3)
    pool:  x |> max_pool(2, 2)
  }
  output concat(paths) |> classifier(10)
}
