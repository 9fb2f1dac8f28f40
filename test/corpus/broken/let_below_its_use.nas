nas 1
// A name is known only after it was declared.

space order {
  input x: image[8, 8, 1]
  let y = x |> conv(filters, 3)
  let filters = choose {8, 16}
  output y |> classifier(10)
}
