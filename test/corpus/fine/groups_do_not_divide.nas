nas 1

space grouped {
  input x: image[16, 16, 3]
  let width = choose {16, 24, 32}
  let y = x |> conv(width, 1)
  output y |> conv(width, 3, groups: choose groups {1, 8, 16 when width != 24}) |> classifier(10)
}
