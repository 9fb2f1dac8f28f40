nas 1

space branches(c = 8) {
  input x: image[16, 16, 3]
  let paths = choose 2 of {
    one:   x |> conv(c, 1)
    three: x |> conv(c, 3)
    pool:  x |> max_pool(3)
  }
  output concat(paths) |> classifier(10)
}
