nas 1
// A motif knows its parameters and nothing of the space.

space outer {
  input x: image[8, 8, 1]
  let filters = choose {8, 16}
  output x |> block() |> classifier(10)
}

motif block(x) = x |> conv(filters, 3)
